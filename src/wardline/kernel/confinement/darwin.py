"""macOS: the same confinement through the system's own sandbox profile language.

Written from public descriptions of `sandbox_init(3)` and of the profiles that macOS ships in
`/System/Library/Sandbox/Profiles`, and never run by this project's tests, which have no macOS: every run says so in
what could not be enforced.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from wardline.kernel.confinement.landlock import Files

UNPROVEN: Final = "macOS's sandbox: it was asked for, and no test of Wardline's has proven it"
_SYSTEM: Final = ("/System", "/Library/Developer", "/Library/Frameworks", "/private/var/db/dyld", "/opt/homebrew")


def profile(files: Files) -> str:
    """Return the sandbox profile: nothing is allowed but the named places, programs there, and one's own processes."""
    system = [Path(place) for place in _SYSTEM]
    readable = [*files.readable, *files.executable, *files.writable, *system]
    lines = [
        "(version 1)",
        "(deny default)",
        "(allow process-fork)",
        "(allow signal (target same-sandbox))",
        "(allow sysctl-read)",
        "(allow file-read-metadata)",
        '(allow file-read* (literal "/"))',
        f"(allow file-read* {_subpaths(readable)})",
        f"(allow process-exec {_subpaths([*files.executable, *system])})",
    ]
    if files.writable:  # without a place, the rule would allow them all
        lines.append(f"(allow file-write* {_subpaths(files.writable)})")
    return "\n".join(lines)


def _subpaths(paths: Iterable[Path]) -> str:
    # The kernel compares resolved paths: /tmp and /var are links into /private there.
    return " ".join(f"(subpath {_quoted(os.path.realpath(path))})" for path in paths)


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def enforce(files: Files) -> list[str]:
    """Confine this process from now on; return what could not be enforced."""
    library = ctypes.CDLL("/usr/lib/libSystem.B.dylib", use_errno=True)
    message = ctypes.c_char_p()
    text = profile(files).encode("utf-8", "surrogateescape")
    if library.sandbox_init(ctypes.c_char_p(text), ctypes.c_uint64(0), ctypes.byref(message)) != 0:
        return ["files, processes and the network: macOS refused the sandbox profile"]
    return [UNPROVEN]
