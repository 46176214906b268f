"""The places that a confined child needs beside what it examines: the interpreter's, the system libraries, git."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wardline.kernel.confinement.landlock import Files

_SYSTEM: Final = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store", "/gnu/store", "/opt")
_SETTINGS: Final = (  # single files that the dynamic linker, the clock and OpenSSL's start read; no private keys
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf",
    "/etc/crypto-policies",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
)
_PACKAGES: Final = frozenset({"site-packages", "dist-packages"})
_NOWHERE: Final = "/nonexistent"  # a home that nobody has
_KEPT_VARIABLES: Final = frozenset({"LANG", "LANGUAGE", "TZ", "WARDLINE_CACHE"})


def installation() -> Files:
    """Return what lazy imports and git need: read and run for the system's folders, read for the interpreter's.

    Never the home folder or one above it, wherever the interpreter says that it lives.
    """
    interpreter = list(_interpreter())
    return Files(
        readable=[*map(Path, _SETTINGS), *interpreter],
        executable=[*map(Path, _SYSTEM), *(place / "bin" for place in interpreter)],
        writable=[Path(os.devnull)],
    )


def _interpreter() -> Iterator[Path]:
    """Return the folders that modules are imported from, without those that a script or the current folder added."""
    home = os.path.realpath(os.path.expanduser("~"))  # noqa: PTH111 - Path.expanduser raises where there is no home
    packages = [place for place in sys.path if os.path.basename(place) in _PACKAGES]  # noqa: PTH119 - may be empty
    ours = str(Path(__file__).parents[3])
    for place in dict.fromkeys((sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *packages, ours)):
        real = os.path.realpath(place)
        if not (home + "/").startswith(real.rstrip("/") + "/"):
            yield Path(real)


def environment(cache: str) -> dict[str, str]:
    """Return the variables that a child gets: a search path of absolute folders, the locale, no home, the cache."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT_VARIABLES or name.startswith("LC_")}
    search = [folder for folder in os.environ.get("PATH", os.defpath).split(":") if folder.startswith("/")]
    return {**kept, "PATH": ":".join(search), "HOME": _NOWHERE, "WARDLINE_CACHE": cache}
