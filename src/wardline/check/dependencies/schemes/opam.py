"""OCaml packages: Debian's order, without epochs.

Source: the opam manual, "Version ordering".
"""

from typing import Final

from wardline.check.dependencies.schemes import debian
from wardline.check.dependencies.schemes._parts import Key, first_number, unreadable

ID: Final = "opam"
TITLE: Final = "OCaml packages"
ECOSYSTEMS: Final = ("opam",)

major = first_number


def key(version: str) -> Key:
    """Return a key that orders versions as opam does."""
    text = version.strip()
    if not text.isascii() or any(map(str.isspace, text)):
        raise unreadable(version, "opam")
    upstream, hyphen, revision = text.rpartition("-")
    return (debian.order(upstream if hyphen else text), debian.order(revision if hyphen else ""))


def prerelease(version: str) -> bool:
    """Return whether it has a `~`, which comes before everything."""
    return "~" in version
