"""The keys under which an index keeps packages and ids."""

from typing import Final

from wardline.findings.package_names import family

_SEPARATOR: Final = b"\0"


def scope(ecosystem: str) -> bytes:
    """Return the first part of the keys of an ecosystem's packages: its family.

    Releases and repositories (`Debian:12`, `Packagist:https://…`) share a key; each `affected[]` member keeps its own
    ecosystem where that has a suffix, and `names.same_ecosystem` decides when it is looked at.
    """
    return family(ecosystem).encode("utf-8", "surrogatepass")


def package_key(ecosystem: str, name: str) -> bytes:
    """Return the key of a package whose `name` is normalised."""
    return scope(ecosystem) + _SEPARATOR + name.encode("utf-8", "surrogatepass")


def family_of_key(key: bytes) -> str:
    """Return the family of a package's key."""
    return key.partition(_SEPARATOR)[0].decode("utf-8", "replace")


def id_key(identifier: str) -> bytes:
    """Return the key of an id: ids are found in any case."""
    return identifier.strip().casefold().encode("utf-8", "surrogatepass")
