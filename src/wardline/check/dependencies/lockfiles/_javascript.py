"""What the lockfiles of the JavaScript world share: versions within file names, and references that are local."""

import re
from typing import Final

_IN_FILE: Final = r"-v?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]*?)?)\.(?:tgz|tar\.gz)\Z"
_VERSION: Final = r"[v=\s]*\d+\.\d+\.\d+"
_ARCHIVE: Final = r"(?s)\.(?:tgz|tar\.gz|tar)(?:[?#:].*)?\Z"
_LOCAL: Final = ("link:", "portal:", "workspace:", "exec:", "root:")
_PERHAPS_LOCAL: Final = ("file:", "./", "../", "/", "~/")

_MAX_NAME: Final = 300  # registries have names of 214 characters

UNPINNED: Final = "depend on a version in a registry"


def is_version(version: str) -> bool:
    """Return whether this is a version as npm's registry has them, not a range, a URL or a path."""
    return re.match(_VERSION, version) is not None


def version_in_file(place: str) -> str:
    """Return the version in a tarball's file name, as npm writes it (`name-1.2.3.tgz`), or ""."""
    found = re.search(_IN_FILE, place.partition("?")[0].partition("#")[0][-_MAX_NAME:])
    return found.group(1) if found else ""


def is_local(reference: str) -> bool:
    """Return whether a reference means a folder of the project's own; an archive in it is third-party."""
    if reference.startswith(_PERHAPS_LOCAL):
        return re.search(_ARCHIVE, reference) is None
    return reference.startswith(_LOCAL)


def split_name(descriptor: str) -> tuple[str, str]:
    """Return the two sides of `name@reference`; a scope's own @ does not count. Without one, the reference is ""."""
    at = descriptor.find("@", 1)
    return (descriptor[:at], descriptor[at + 1 :]) if at > 0 else (descriptor, "")
