"""Names of ecosystems and packages: which ones mean the same.

Sources: the OSV schema's table of ecosystems (1.7.x) for suffixes, osv.dev for what an ecosystem without a suffix is
held against, and each registry's own rule for names that are spelled differently.
"""

import re
from functools import lru_cache
from typing import Final

_SEPARATORS: Final = r"[-_.]+"
_UBUNTU_VARIANTS: Final = r":(?:Pro|LTS)\b"

# Ecosystems that repackage another one, whose name follows as their suffix ("TuxCare:PyPI", "Root:Alpine:3.18"): that
# one's rules hold. Without a suffix the one named here does, if any.
_REPACKAGING: Final = {"TuxCare": "TuxCare", "Docker Hardened Images": "npm", "Echo": "Debian", "Root": "npm"}
_SPELLINGS: Final = {"alpine": "Alpine", "debian": "Debian", "maven": "Maven", "pypi": "PyPI", "python": "PyPI"}
_LOWER: Final = frozenset({"Bitnami", "ConanCenter", "GitHub Actions", "Hex", "NuGet", "Packagist", "Pub", "VSCode"})


def family(ecosystem: str) -> str:
    """Return an ecosystem's name without its release or repository: `Debian` for `Debian:12`."""
    return ecosystem.partition(":")[0]


@lru_cache(maxsize=1024)
def rules_of(ecosystem: str) -> str:
    """Return the family whose rules for names and versions hold: its own, or that of what it repackages.

    `TuxCare:PyPI` -> `PyPI`, `Root:Alpine:3.18` -> `Alpine`, `Debian:12` -> `Debian`.
    """
    for _ in range(3):  # repackaging nests once at most; whatever is deeper is not known to any table
        name, _, suffix = ecosystem.partition(":")
        if name not in _REPACKAGING:
            break
        inner = suffix.partition(":")[0]
        ecosystem = _SPELLINGS.get(inner.lower(), inner) + suffix[len(inner) :] if suffix else _REPACKAGING[name]
    return family(ecosystem)


@lru_cache(maxsize=16384)
def normalised(ecosystem: str, name: str) -> str:
    """Return the one spelling under which a registry knows a package; unchanged where names are told apart by spelling.

    PyPI: PEP 503. crates.io: case, `-` and `_` do not tell crates apart. NuGet, Packagist, Pub, Hex, VSCode, Bitnami,
    ConanCenter, GitHub Actions: case does not. SwiftURL: neither scheme, credentials, a final slash, `.git` nor case.
    npm, Maven, Go, RubyGems, CRAN, Hackage, Julia, opam and the distributions: exact.
    """
    rules = rules_of(ecosystem)
    name = name.strip()
    if rules == "PyPI":
        return re.sub(_SEPARATORS, "-", name).lower()
    if rules == "crates.io":
        return name.lower().replace("_", "-")
    if rules == "SwiftURL":
        return _repository(name)
    return name.lower() if rules in _LOWER else name


def _repository(url: str) -> str:
    _, scheme, place = url.lower().rpartition("://")
    host, slash, path = place.partition("/")
    host = host.rpartition("@")[2]
    if not scheme:  # git@host:owner/name
        host = host.replace(":", "/", 1)
    return f"{host}{slash}{path}".rstrip("/").removesuffix(".git")


@lru_cache(maxsize=4096)
def same_ecosystem(named: str, asked: str) -> bool:
    """Return whether an advisory about the ecosystem `named` concerns a package of the ecosystem `asked`.

    As osv.dev answers: the same string does; one that is asked for without a suffix (the release or the repository is
    not known) is held against every suffix; `Ubuntu:22.04` stands for its `LTS` and `Pro` forms. Beyond osv.dev, an
    advisory without a release concerns every release of that distribution (the schema: the suffix scopes it), and a
    final slash or an Alpine release's missing `v` makes no difference. A repository's suffix does: without one the
    advisory is about the default registry, and not about a package from another.
    """
    if named == asked or family(named) == asked:
        return True
    if family(named) != family(asked):
        return False
    if ":" not in named:
        return "://" not in asked and family(named) not in _REPACKAGING
    named, asked = _plain_suffix(named), _plain_suffix(asked)
    return asked in {named, re.sub(_UBUNTU_VARIANTS, "", named)} or _without_lts(named) == _without_lts(asked)


def _plain_suffix(ecosystem: str) -> str:
    return ecosystem.rstrip("/").replace("Alpine:v", "Alpine:")


def _without_lts(ecosystem: str) -> str:
    return ecosystem.removesuffix(":LTS")
