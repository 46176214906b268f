"""Which VEX statement decides about a finding: the latest that is about this package and this vulnerability.

Source: OpenVEX 0.2.0, "Statement" (the newest statement about a product and a vulnerability holds), and its use of
purls: a statement's purl is about every package that has all that it names; without a version, about all versions.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from wardline.check.dependencies import versions
from wardline.check.dependencies.versions import VersionError
from wardline.check.dependencies.vex.model import Statement
from wardline.findings.package_names import family, normalised
from wardline.findings.purl import parsed

# of statements made at the same time, the one that asks for more care holds
_CARE: Final = {"affected": 3, "under_investigation": 2, "not_affected": 1, "fixed": 0}


class Purl(NamedTuple):
    """A purl as far as it is compared: ecosystem and name as its registry knows them, version, qualifiers."""

    ecosystem: str
    name: str
    version: str
    qualifiers: tuple[tuple[str, str], ...]


class Statements:
    """Statements, by the vulnerability that they are about.

    `products` are purls of what is examined itself (no version: any). A statement that limits itself to another product
    of a package registry (`pkg:npm/express`, about its own copy of a library) is not applied: that the finding is that
    copy cannot be told. One that limits itself to anything else (a repository, an image, an IRI) is taken to mean what
    is examined, since it was named for this check.
    """

    def __init__(self, statements: Iterable[Statement], products: Collection[str] = ()) -> None:
        self._by_id: dict[str, list[Statement]] = {}
        self._products = [purl for purl in map(read_purl, products) if purl is not None]
        for statement in statements:
            if not statement.scopes or any(map(self._in_scope, statement.scopes)):
                for one in statement.ids:
                    self._by_id.setdefault(one.casefold(), []).append(statement)

    def latest(self, purl: str, ids: Iterable[str]) -> Statement | None:
        """Return the statement that holds for one vulnerability of one package, whatever its status."""
        package = read_purl(purl)
        about = {id(one): one for name in ids for one in self._by_id.get(name.casefold(), ())}
        fitting = [one for one in about.values() if _about(one, package, purl)]
        return max(fitting, key=lambda one: (one.timestamp, _CARE[one.status]), default=None)

    def suppressing(self, purl: str, ids: Sequence[str], covers: Collection[str] = ()) -> Statement | None:
        """Return the statement that takes a finding out of the count, None where none does.

        A finding whose record reports several bugs together (`covers`; or more than one CVE id among its ids, which no
        single bug has) is suppressed by a statement about the record itself, or by one about each of the bugs.
        """
        bugs = list(covers) or [one for one in ids if one.startswith("CVE-")]
        together = bool(covers) or len(bugs) > 1
        own = self.latest(purl, [one for one in ids if one not in bugs] if together else ids)
        if own is not None or not together:
            return own if own is not None and own.suppresses else None
        named = [one for one in bugs if one.startswith("CVE-")] or bugs
        held = [self.latest(purl, [one]) for one in named]
        if any(one is None or not one.suppresses for one in held):
            return None
        return min((one for one in held if one is not None), key=lambda one: one.timestamp)

    def _in_scope(self, scope: str) -> bool:
        purl = read_purl(scope)
        if purl is None:
            return True
        return any(
            _covers(purl, product._replace(version=product.version or purl.version)) for product in self._products
        )


def applies(
    statements: Iterable[Statement], purl: str, ids: Sequence[str], covers: Collection[str] = ()
) -> Statement | None:
    """Return the statement that suppresses the vulnerability with these ids in this package, None where none does.

    `not_affected` (with its reason) and `fixed` suppress; `affected` and `under_investigation` do not, and hide an
    earlier one that does. For many findings, make one `Statements` and ask it.
    """
    return Statements(statements).suppressing(purl, ids, covers)


def read_purl(text: str) -> Purl | None:
    """Return a purl of a package registry or a distribution as it is compared, None for every other string."""
    named = parsed(text)
    if named is None:
        return None
    ecosystem, name, version = named
    query = text.partition("#")[0].partition("?")[2]
    pairs = (pair.partition("=") for pair in query.split("&") if "=" in pair)
    qualifiers = tuple(sorted((key.strip().lower(), value) for key, _, value in pairs if value))
    return Purl(ecosystem, normalised(ecosystem, name), version, qualifiers)


def _about(statement: Statement, package: Purl | None, purl: str) -> bool:
    if not statement.products:
        return not statement.scopes  # about the whole product; a scope whose components cannot be read is about none
    for product in statement.products:
        named = read_purl(product)
        if (named is not None and package is not None and _covers(named, package)) or product == purl:
            return True
    return False


def _covers(named: Purl, package: Purl) -> bool:
    """Return whether a package has everything that a purl names."""
    if named.name != package.name or named.ecosystem not in {package.ecosystem, family(package.ecosystem)}:
        return False
    if not set(named.qualifiers) <= set(package.qualifiers):
        return False
    return not named.version or _same_version(named.ecosystem, named.version, package.version)


def _same_version(ecosystem: str, one: str, other: str) -> bool:
    try:
        return one == other or versions.compare(ecosystem, one, other) == 0
    except VersionError:
        return False
