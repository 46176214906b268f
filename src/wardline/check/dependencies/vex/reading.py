"""VEX documents, read: OpenVEX (0.2.0 and the string forms of 0.0.x) and the VEX of CycloneDX 1.4 to 1.6, in JSON.

Sources: https://github.com/openvex/spec (OPENVEX-SPEC.md 0.2.0), https://cyclonedx.org/docs/1.6/json/.
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.check.dependencies.advisories.record import utc, written
from wardline.check.dependencies.model import LockfileError
from wardline.check.dependencies.reading import load_json, mapping, sequence, text
from wardline.check.dependencies.vex.model import MAX_VEX_BYTES, STATUSES, Statement, Status, VexError
from wardline.kernel.text import printable

_MAX_STATEMENTS: Final = 100_000
_MAX_ID_CHARS: Final = 1000  # an IRI may be one
_MAX_REASON_CHARS: Final = 1000
_STATES: Final[dict[str, Status]] = {
    "exploitable": "affected",
    "in_triage": "under_investigation",
    "false_positive": "not_affected",
    "not_affected": "not_affected",
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
}


def read(data: bytes, path: str, *, flaws: list[str] | None = None) -> list[Statement]:
    """Return the statements of a VEX document, in its order.

    A statement that cannot be understood is left out, so it suppresses nothing; `flaws` gets a line for each.
    Raises: `VexError` where the document as a whole is not a VEX document.
    """
    shown = printable(path)
    if len(data) > MAX_VEX_BYTES:
        raise VexError(f"{shown}: larger than {MAX_VEX_BYTES // 2**20} MB")
    try:
        document = load_json(data)
    except LockfileError as error:
        raise VexError(f"{shown}: {error.detail}") from error
    noted: list[str] = [] if flaws is None else flaws
    if not isinstance(document, dict):
        raise VexError(f"{shown}: not a VEX document")
    if document.get("bomFormat") == "CycloneDX":
        found = _cyclonedx(document, noted)
    elif "openvex" in text(document.get("@context")) or isinstance(document.get("statements"), list):
        found = _openvex(document, noted)
    else:
        hint = "OpenVEX and CycloneDX VEX are understood, both in JSON"
        raise VexError(f"{shown}: neither OpenVEX nor CycloneDX", hint=hint)
    statements = []
    for statement in found:
        statements.append(statement._replace(source=shown))
        if len(statements) > _MAX_STATEMENTS:
            raise VexError(f"{shown}: more than {_MAX_STATEMENTS:,} statements")
    return statements


def _openvex(document: dict[str, Any], flaws: list[str]) -> Iterator[Statement]:
    rows = document.get("statements")
    if not isinstance(rows, list):
        flaws.append("`statements` is not a list")
        return
    author = printable(text(document.get("author")), max_chars=200)
    for number, row in enumerate(rows):
        status = row.get("status") if isinstance(row, dict) else None
        if status not in STATUSES:
            flaws.append(f"statements[{number}] has no known status")
            continue
        ids = _openvex_ids(row.get("vulnerability"))
        if not ids:
            flaws.append(f"statements[{number}] names no vulnerability")
            continue
        reason = _reason(text(row.get("justification")), text(row.get("impact_statement")))
        if status == "not_affected" and not reason:
            flaws.append(f"statements[{number}] says not_affected without a justification, and does not count")
        times = (row.get("last_updated"), row.get("timestamp"), document.get("last_updated"), document.get("timestamp"))
        timestamp = next(filter(None, map(utc, times)), "")
        products = sequence(row.get("products"))
        if not products:
            flaws.append(f"statements[{number}] names no product")
        for product in products:
            whole, parts = _openvex_product(product)
            if not whole:
                flaws.append(f"statements[{number}] names a product without an id")
            elif parts is None:
                yield Statement(ids, whole, status, reason, timestamp, author=author)
            else:
                yield Statement(ids, parts, status, reason, timestamp, scopes=whole, author=author)


def _openvex_ids(said: Any) -> tuple[str, ...]:
    if isinstance(said, str):
        return _ids(said)
    row = mapping(said)
    return _ids(row.get("name"), row.get("@id"), *sequence(row.get("aliases")))


def _openvex_product(said: Any) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return a product's ids (purls first), and those of its subcomponents, None where it has none."""
    whole = _openvex_names(said)
    parts = mapping(said).get("subcomponents")
    if not parts:
        return whole, None
    return whole, tuple(name for part in sequence(parts) for name in _openvex_names(part))


def _openvex_names(said: Any) -> tuple[str, ...]:
    row = mapping(said)
    names = (said, row.get("@id"), mapping(row.get("identifiers")).get("purl"))
    return tuple(dict.fromkeys(name.strip() for name in names if isinstance(name, str) and name.strip()))


def _cyclonedx(document: dict[str, Any], flaws: list[str]) -> Iterator[Statement]:
    """Yield a statement per vulnerability and affected component; a component is found by its `bom-ref` or its purl."""
    metadata = mapping(document.get("metadata"))
    own = text(mapping(metadata.get("component")).get("bom-ref"))
    purls = dict(_components(document))
    for number, row in enumerate(sequence(document.get("vulnerabilities"))):
        row = mapping(row)  # noqa: PLW2901 - the same row, of the right type
        analysis = row.get("analysis")
        if not isinstance(analysis, dict):
            continue  # a report of a vulnerability, and no statement about its exploitability
        status = _STATES.get(text(analysis.get("state")))
        ids = _ids(row.get("id"), *(mapping(other).get("id") for other in sequence(row.get("references"))))
        if status is None or not ids:
            flaws.append(f"vulnerabilities[{number}] has no known state, or no id")
            continue
        reason = _reason(text(analysis.get("justification")), text(analysis.get("detail")))
        if status == "not_affected" and not reason:
            flaws.append(f"vulnerabilities[{number}] says not affected without a justification, and does not count")
        times = (
            analysis.get("lastUpdated"),
            analysis.get("firstIssued"),
            row.get("updated"),
            metadata.get("timestamp"),
        )
        statement = Statement(ids, (), status, reason, next(filter(None, map(utc, times)), ""))
        affects = sequence(row.get("affects"))
        if not affects:
            flaws.append(f"vulnerabilities[{number}] affects nothing that it names")
        for target in affects:
            ref = text(mapping(target).get("ref"))
            purl = purls.get(ref) or _of_link(ref, purls)
            if ref and ref == own:
                yield statement
            elif purl is None:
                flaws.append(f"vulnerabilities[{number}] affects {printable(ref, max_chars=100)!r}, which is not in it")
            else:
                yield from _by_version(statement, purl, mapping(target).get("versions"), number, flaws)


def _by_version(statement: Statement, purl: str, said: Any, number: int, flaws: list[str]) -> Iterator[Statement]:
    """Yield a statement for each version that `affects[].versions` lists; for the component as it is without a list."""
    base = purl.partition("#")[0].partition("?")[0]
    if not isinstance(said, list) or not said or "@" in base.rpartition("/")[2].lstrip("@"):
        yield statement._replace(products=(purl,))
        return
    for row in map(mapping, said):
        version, status = row.get("version"), row.get("status", "affected")
        if not isinstance(version, str) or not version:
            flaws.append(f"vulnerabilities[{number}] gives a range of versions, which is not read")
        elif status == "affected":
            yield statement._replace(products=(_at(purl, version),))
        elif status == "unaffected":
            listed = statement.reason or "its version is listed as unaffected"
            yield statement._replace(products=(_at(purl, version),), status="not_affected", reason=listed)


def _at(purl: str, version: str) -> str:
    from urllib.parse import quote

    base, mark, rest = purl.partition("?")
    return f"{base}@{quote(version, safe='')}{mark}{rest}"


def _components(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every component's `bom-ref` and purl, components within components too."""
    stack = [*sequence(document.get("components")), mapping(document.get("metadata")).get("component")]
    while stack:
        row = mapping(stack.pop())
        stack += sequence(row.get("components"))
        ref, purl = text(row.get("bom-ref")), text(row.get("purl"))
        if purl:
            yield purl, purl
            if ref:
                yield ref, purl


def _of_link(ref: str, purls: dict[str, str]) -> str | None:
    """Return the purl that a reference is by itself, or that a BOM-Link (`urn:cdx:serial/version#bom-ref`) ends in."""
    if ref.startswith("urn:cdx:"):
        from urllib.parse import unquote

        ref = unquote(ref.partition("#")[2])
        ref = purls.get(ref, ref)
    return ref if ref.startswith("pkg:") else None


def _ids(*said: Any) -> tuple[str, ...]:
    """Return ids as their authorities write them; an IRI stands for its last part (`https://…/CVE-2024-1`)."""
    texts = (one.strip() for one in said if isinstance(one, str) and one.isprintable() and len(one) <= _MAX_ID_CHARS)
    found = (written(one.rstrip("/").rpartition("/")[2]) for one in texts)
    return tuple(dict.fromkeys(one for one in found if one))


def _reason(justification: str, statement: str) -> str:
    parts = (part.strip() for part in (justification, statement))
    return printable("; ".join(part for part in parts if part), max_chars=_MAX_REASON_CHARS)
