"""What makes two reports of one wrong thing one finding: the rule family and the stable context, whoever reports it.

Pure functions over names, used by our own practices and by the importers of other tools' reports, so that both give
one fingerprint. See `findings.report.fingerprint` for how the parts become one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from wardline.findings.package_names import family, normalised
from wardline.findings.report import Finding, fingerprint

VULNERABLE: Final = "vulnerable-dependency"
MALICIOUS: Final = "malicious-dependency"

_AUTHORITIES: Final = ("CVE-", "GHSA-")
# What goes wrong where, by the weaknesses that tools file it under (CWE 4.x). A weakness that says only "a protection
# is missing" (693, 16, 200, 20) is no class: two different things share it.
_SINKS: Final = {
    "certificate-check": (295, 296, 297, 298, 299, 599),
    "clickjacking": (1021,),
    "code-injection": (94, 95, 96, 98),
    "command-injection": (77, 78, 88),
    "cookie-flag": (614, 1004, 1275),
    "cross-site-request": (352,),
    "cross-site-scripting": (79, 80, 81, 82, 83, 84, 85, 86, 87),
    "credential": (259, 321, 798),
    "deserialisation": (502,),
    "expression-of-exponential-time": (1333,),
    "format-string": (134,),
    "header-injection": (93, 113),
    "ldap-injection": (90,),
    "log-injection": (117,),
    "mass-assignment": (915,),
    "nosql-injection": (943,),
    "out-of-bounds": (119, 120, 121, 122, 125, 126, 127, 787),
    "path-traversal": (22, 23, 24, 25, 26, 27, 28, 29, 35, 36, 37, 38, 39, 40, 73),
    "prototype-pollution": (1321,),
    "race": (362, 366, 367),
    "randomness": (330, 331, 335, 336, 337, 338, 340),
    "redirect": (601,),
    "server-side-request": (918,),
    "sql-injection": (89, 564),
    "template-injection": (1336,),
    "temporary-file": (377, 378, 379),
    "weak-cipher": (326, 327, 328, 916),
    "xml-entity": (611, 776, 827),
    "xpath-injection": (643, 652),
}
_SINK_OF: Final = {f"CWE-{number}": sink for sink, numbers in _SINKS.items() for number in numbers}
_PLACEHOLDERS: Final = (
    (r"[0-9]+", "{number}"),
    (r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", "{uuid}"),
    (r"(?=[a-fA-F]*[0-9])[0-9a-fA-F]{8,}", "{hash}"),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.{0,30})?", "{date}"),
    (r"(?=.{0,200}[0-9])(?=.{0,200}[A-Za-z])[A-Za-z0-9_=-]{20,200}", "{token}"),
)
_PREFIX: Final = re.compile(r"\b[uU](?=[\"'])")  # Python 2's mark of a text
_COMMENT: Final = re.compile(r"\s(?:#|//)\s[^'\"`]*\Z")
_MAX_URL_CHARS: Final = 4096


def preference(identifier: str) -> tuple[int, str]:
    """Return a sort key that puts the canonical id first: CVE, then GHSA, then others, private `x_` ids last."""
    for rank, prefix in enumerate(_AUTHORITIES):
        if identifier.startswith(prefix):
            return rank, identifier
    return (len(_AUTHORITIES) + identifier.startswith("x_"), identifier)


def of_dependency(rule: str, ecosystem: str, name: str, advisory: str) -> str:
    """Return the fingerprint of one advisory about one package: no version, no release of a distribution, no file.

    `advisory` is the canonical id: the first of all ids and aliases by `preference`.
    """
    return fingerprint(rule, family(ecosystem), normalised(ecosystem, name), advisory)


def rule_family(cwe: Sequence[str], rule: str) -> str:
    """Return what two tools' rules about one wrong thing have in common: the class of the sink, else the rule itself.

    The first weakness that has a class decides; a rule that names none, or only such as have no class, is its own
    family.
    """
    return next((f"sink:{_SINK_OF[one]}" for one in cwe if one in _SINK_OF), f"rule:{rule}")


class CodeContext(NamedTuple):
    """What a report says of a place in code: its path, what encloses it, its text, and the tool's own mark for it."""

    path: str
    symbol: str = ""
    snippet: str = ""
    mark: str = ""
    text: str = ""  # the finding's message


def of_code(family: str, rule: str, context: CodeContext) -> str:
    """Return the fingerprint of a dangerous place in code: the family, the snippet and what encloses it.

    A `symbol` that says where it is ("pkg.module.function") stands for the path, so that moved code keeps its
    fingerprint. Where a report has no snippet, its tool's own mark for the place serves, else the rule, the path and
    the text, without the numbers in it.
    """
    path, symbol, snippet, mark, text = context
    place = f"symbol:{symbol}" if re.search(r"[^.:/#]{1,300}[.:/#]", symbol) else f"path:{path}#{symbol}"
    if line := _first_line(snippet):
        return fingerprint("code", family, place, line)
    if mark:
        return fingerprint("code", rule, f"path:{path}", "mark", mark)
    return fingerprint("code", rule, place, "text", re.sub(r"[0-9]+", "0", text))


def line_mark(snippet: str) -> str:
    """Return what stands for the first line of a snippet in `Finding.context`: "#" and 16 digits, "" without a line."""
    line = _first_line(snippet)
    return f"#{fingerprint('line', line)[:16]}" if line else ""


def uncommented(line: str) -> str:
    """Return a line of code without the comment at its end; all of it where that could be part of a text."""
    found = _COMMENT.search(line)
    return line[: found.start()] if found and line[: found.start()].strip() else line


def _first_line(snippet: str) -> str:
    """Return the first line that says something, without space and whichever quotes it is written with.

    Tools cut off at different ends; formatters change nothing that a program does.
    """
    for line in snippet.splitlines():
        if bare := "".join(_PREFIX.sub("", uncommented(line)).split()):
            return bare.replace("'", '"')
    return ""


def of_dynamic(family: str, method: str, url: str, parameter: str) -> str:
    """Return the fingerprint of what a running service does wrong: the method, the route's template, the parameter."""
    return fingerprint("dynamic", family, method.upper(), route(url), parameter)


def of_configuration(rule: str, resource: str, path: str) -> str:
    """Return the fingerprint of a wrong setting: the rule, the resource's address, and the folder it is declared in.

    A resource that has an address may move between the files of its folder; one that has none is told by its file.
    """
    place = path.rpartition("/")[0] if resource else path
    return fingerprint("configuration", rule, place, resource)


def of_credential(rule: str, path: str, name: str) -> str:
    """Return the fingerprint of a credential: the rule, the path and the name it is given. Nothing of the value."""
    return fingerprint("credential", rule, path, name)


def repeated(identity: str, number: int) -> str:
    """Return the fingerprint of the `number`-th (from 1) other finding whose stable context is the same."""
    return fingerprint("again", identity, str(number))


def given_up(identity: str, finding: str) -> str:
    """Return the fingerprint of an ended finding whose name another one took over: nobody reports it."""
    return fingerprint("given up", identity, finding)


def route(url: str) -> str:
    """Return the template of a URL's path: no scheme, host, query or fragment; ids become placeholders.

    `https://x.example/users/17/files?q=1` -> `/users/{number}/files`.
    """
    url = url[:_MAX_URL_CHARS]
    rest = url.partition("://")[2].partition("/")[2] if "://" in url else url.lstrip("/")
    path = re.split(r"[?#;]", rest, maxsplit=1)[0]
    return "/" + "/".join(map(_segment, path.rstrip("/").split("/")))


def _segment(part: str) -> str:
    return next((name for pattern, name in _PLACEHOLDERS if re.fullmatch(pattern, part)), part)


def joined(findings: Iterable[Finding], known: Iterable[Finding] = ()) -> list[Finding]:
    """Return the findings, those under one fingerprint that are about one bug of one package by their aliases.

    A tool that names a bug by one of its lesser ids only (a GHSA id, where others know the CVE) takes over the identity
    of the finding that has that id among its aliases, if there is exactly one bug of that package that has. What is
    `known` already keeps its identity, and goes before the others: whoever shares an id with it is it.
    """
    settled = _canonical(known)
    found = [_known_as(one, settled, settled=True) for one in findings]
    others = _canonical(found)
    return [_known_as(one, others, settled=False) for one in found]


_Canonical = dict[tuple[str, str, str], set[str]]  # ecosystem, name and an id -> canonical ids


def _canonical(findings: Iterable[Finding]) -> _Canonical:
    canonical: _Canonical = {}
    for one in findings:
        if key := _package_key(one):
            for alias in one.advisories:
                canonical.setdefault((*key, alias), set()).add(one.advisories[0])
    return canonical


def _package_key(one: Finding) -> tuple[str, str] | None:
    if one.package is None or not one.advisories or one.rule not in {VULNERABLE, MALICIOUS}:
        return None
    return family(one.package.ecosystem), normalised(one.package.ecosystem, one.package.name)


def _known_as(one: Finding, canonical: _Canonical, *, settled: bool) -> Finding:
    key = _package_key(one)
    if key is None or one.package is None:
        return one
    own = one.advisories[0]
    if settled:
        names = {name for alias in one.advisories for name in canonical.get((*key, alias), ())}
    else:
        names = {name for name in canonical[*key, own] if preference(name) < preference(own)}
    if len(names) != 1 or own in names:
        return one
    name = names.pop()
    identity = of_dependency(one.rule, one.package.ecosystem, one.package.name, name)
    return one._replace(fingerprint=identity, advisories=(name, *(rest for rest in one.advisories if rest != name)))
