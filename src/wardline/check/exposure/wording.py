"""How a hit is said: as a finding that holds nothing of the value, under a fingerprint that gives nothing away.

A fingerprint is made from the rule, the path and the line with every value on it left out; where one such line stands
in a file with several values, from which of them it is; and from the value's hash only where the value is 128 random
bits or more, so that nobody can guess it from there. The same without the path, space and kinds of quotes is what it
is known again by where its file moved or was formatted.

A value that is not the one that a suppression of its fingerprint is for has another fingerprint, and says so.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from wardline.check.exposure.model import Hit
from wardline.check.exposure.values import Known
from wardline.findings.report import Finding, Fix, Location, fingerprint, most_urgent_first
from wardline.kernel.text import printable

_TEXT = "text"


def found_in_text(text: str, path: str) -> list[Finding]:
    """Return what stands in a text, most urgent first: see `wardline.check.exposure.scan_text`."""
    from wardline.check.exposure.contents import search_text

    content = text.encode("utf-8", "surrogatepass")
    found = findings(search_text(content, path).hits, path)
    return list(most_urgent_first([finding for finding, _ in found]))


def findings(hits: Iterable[Hit], path: str, *, origin: str = "") -> Iterator[tuple[Finding, Hit]]:
    """Yield each hit in one file with its finding; `origin` says where else it comes from ("commit …").

    The same value on the same line is said once.
    """
    for finding, hit, _ in held_findings(hits, path, Known({}), origin=origin):
        yield finding, hit


def held_findings(
    hits: Iterable[Hit], path: str, known: Known, *, origin: str = ""
) -> Iterator[tuple[Finding, Hit, str | None]]:
    """Yield as `findings` does, and with each the key of the suppression that its value met (None: it met none)."""
    counted: dict[tuple[str, ...], dict[bytes, int]] = {}
    said: set[tuple[str, str, str, int, bytes]] = set()
    for hit in hits:
        mark = (hit.rule.id, hit.member, hit.name, hit.line, hit.value)
        if mark in said:
            continue
        said.add(mark)
        context = [hit.rule.id, path, hit.member, hit.elided.decode("latin-1")]
        base = fingerprint("exposure", *context)
        if hit.rule.hashable:
            context.append(sha256(hit.value).hexdigest())
            base = fingerprint("exposure", *context)
        else:
            values = counted.setdefault(tuple(context), {})
            number = values.setdefault(hit.value, len(values))
            context += [str(number)] if number else []
        bare = "".join(context[3].split()).replace("'", '"')  # formatters choose quotes and space
        # in another file the values of one line may stand in another order: there it is the text alone that says it
        text = ["exposure", hit.rule.id, hit.member, bare]
        anywhere = [*text, *(context[4:] if hit.rule.hashable else ())]
        marks = (f"#{fingerprint('text', *anywhere)[:16]}", f"={fingerprint(*text, *context[4:])[:16]}")
        met = known.met(base, fingerprint("exposure", *context), hit.value)
        finding = _finding(hit, path, met.fingerprint, origin)._replace(context=marks)
        if met.other:
            finding = finding._replace(message=f"{finding.message}, and is not the value that was suppressed here")
        yield finding, hit, met.key


def _finding(hit: Hit, path: str, identity: str, origin: str) -> Finding:
    where = Location(kind="resource", value=_TEXT) if not path else None
    rule = hit.rule
    return Finding(
        fingerprint=identity,
        practice="exposure",
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        confidence=hit.confidence,
        message=_message(hit, origin),
        file=printable(path) if path else None,
        line=None if hit.member else hit.line,
        column=None if hit.member else hit.column,
        location=where,
        cwe=("CWE-359",) if rule.personal else ("CWE-798",),
        fix=Fix(kind="edit" if rule.personal else "rotate", text=rule.repair),
    )


def _message(hit: Hit, origin: str) -> str:
    said = [f"{hit.rule.title} stands here in plain text"]
    if not hit.rule.module:  # a team's own, whose words are no name of a thing
        about = "what stands here" if hit.rule.pattern else "this file, by its name"
        said = [f"{hit.rule.title}: the rule {hit.rule.id} of {hit.rule.provider} is about {about}"]
    if hit.via:
        said = [f"{hit.rule.title} stands here, only encoded ({', then '.join(hit.via)})"]
    if hit.name and hit.name.encode() not in hit.value:
        said.append(f"as the value of {printable(hit.name, max_chars=60)}")
    if hit.member:
        said.append(f"inside the archive: {printable(hit.member, max_chars=300)}, line {hit.line}")
    if origin:
        said.append(origin)
    return ", ".join(said)
