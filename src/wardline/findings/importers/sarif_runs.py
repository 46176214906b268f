"""What a SARIF run's results refer to: rules, bases of paths, artifacts, logical locations. Lean: there may be many.

Source: OASIS SARIF 2.1.0, §3.4 artifactLocation, §3.14.14 originalUriBaseIds, §3.19 toolComponent, §3.52
reportingDescriptorReference.
"""

import re
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from wardline.findings.importers import words
from wardline.findings.importers.json_stream import known
from wardline.findings.importers.source import Source
from wardline.findings.report import Severity

_MAX_RUNS: Final = 1000
_MAX_BASES: Final = 5
_DRIVER: Final = ("runs", "[]", "tool", "driver")
_EXTENSION: Final = ("runs", "[]", "tool", "extensions", "[]")
_EDITIONS: Final = {"semgrep-oss": "semgrep", "semgrep-pro": "semgrep"}  # one tool, whatever it was bought as
_LESSER: Final[dict[str, Severity]] = {"recommendation": "low"}


class Rule(NamedTuple):
    """What a result takes over from its rule."""

    id: str
    title: str = ""
    severity: Severity = "unknown"  # from security-severity; "unknown" where the level decides
    level: str = ""
    precision: str = ""
    cwe: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    messages: dict[str, str] = {}  # noqa: RUF012 - never written to


class Run:
    """One run of a tool."""

    def __init__(self, root: str) -> None:
        """Start with nothing known."""
        self.tool = "sarif"
        self.root = root
        self.symbols: dict[int, str] = {}
        self._rules: dict[tuple[int, int], Rule] = {}
        self._by_id: dict[str, Rule] = {}
        self._bases: dict[str, Any] = {}
        self._folders: list[str] = []
        self._artifacts: dict[int, str] = {}

    def learn(self, path: tuple[str | int, ...], value: Any) -> None:
        """Take in one value of the run, by where it stands."""
        match path[2:]:
            case ("tool", "driver", "name"):
                name = re.sub(r"[^a-z0-9.+-]+", "-", words.text(value, 60).lower()).strip("-")
                self.tool = _EDITIONS.get(name, name) or "sarif"
            case ("tool", "driver", "rules", int(number)):
                self._learn_rule(-1, number, value)
            case ("tool", "extensions", int(component), "rules", int(number)):
                self._learn_rule(component, number, value)
            case ("originalUriBaseIds",) if isinstance(value, dict):
                self._bases = dict(list(value.items())[:100])
            case ("invocations", int(), "workingDirectory"):
                self._folders.append(words.relative(words.at(value, "uri")))
            case ("artifacts", int(number), "location"):
                self._artifacts[number] = self.path(value)
            case ("logicalLocations", int(number)):
                self.symbols[number] = words.first(words.at(value, "fullyQualifiedName"), words.at(value, "name"))

    def _learn_rule(self, component: int, number: int, value: Any) -> None:
        if not isinstance(value, dict):
            return
        rule = _rule(value)
        self._rules[component, number] = rule
        self._by_id.setdefault(rule.id, rule)

    def rule(self, result: dict[str, Any]) -> Rule:
        """Return the rule of a result: by its index, its id, the id without its last parts, else only its id."""
        reference = result.get("rule")
        index = words.at(reference, "index")
        index = result.get("ruleIndex") if index is None else index
        component = words.at(reference, "toolComponent", "index")
        component = component if isinstance(component, int) else -1
        name = words.first(result.get("ruleId"), words.at(reference, "id"))
        if isinstance(index, int) and (component, index) in self._rules:
            rule = self._rules[component, index]
            if not name or name == rule.id or name.startswith(rule.id + "/"):
                return rule
        known_as = name
        while known_as:
            if known_as in self._by_id:
                return self._by_id[known_as]._replace(id=name)
            known_as = known_as.rpartition("/")[0]
        return Rule(name or "unnamed")

    def path(self, location: Any) -> str:
        """Return the path that an artifactLocation is, relative to its base where it has one."""
        uri = words.at(location, "uri")
        if not isinstance(uri, str) or not uri:
            index = words.at(location, "index")
            return self._artifacts.get(index, "") if isinstance(index, int) else ""
        path = uri if uri[:5].lower() in {"file:", "http:", "https"} else unquote(uri[: 4 * words.MAX_PATH])
        base = words.at(location, "uriBaseId")
        for _ in range(_MAX_BASES):
            below = self._bases.get(base) if isinstance(base, str) else None
            prefix = words.at(below, "uri")
            if not isinstance(prefix, str) or not prefix or path.startswith("/") or ":" in path[:6]:
                break
            if prefix.startswith("/") or ":" in prefix[:6]:  # an absolute base: the tree's own place, on that machine
                return self._within(words.relative(prefix).rstrip("/") + "/" + path)
            path = unquote(prefix).rstrip("/") + "/" + path
            base = words.at(below, "uriBaseId")
        return self._within(path)

    def _within(self, path: str) -> str:
        """Return an absolute path relative to the first of the tree's places that it lies in."""
        if not (path.startswith("/") or path[:5].lower() == "file:" or ":" in path[:3]):
            return path
        absolute = words.relative(path)
        bases = [words.relative(words.at(base, "uri")) for base in self._bases.values()]
        for folder in (self.root, *bases, *self._folders):
            if len(folder) > 1 and absolute.startswith(folder.rstrip("/") + "/"):
                return absolute[len(folder.rstrip("/")) + 1 :]
        return absolute


class Runs:
    """The runs of a report, by their number."""

    def __init__(self, root: str) -> None:
        """Start with none."""
        self._root = root
        self._runs: dict[int, Run] = {}

    def of(self, path: tuple[str | int, ...]) -> Run:
        """Return the run in which a value stands."""
        number = min(int(path[1]), _MAX_RUNS)
        if number not in self._runs:
            self._runs[number] = Run(self._root)
        return self._runs[number]


def runs(source: Source) -> Runs:
    """Return what all runs' results refer to."""
    found = Runs(source.root)
    first = [
        (*_DRIVER, "name"),
        (*_DRIVER, "rules", "[]"),
        (*_EXTENSION, "rules", "[]"),
        ("runs", "[]", "originalUriBaseIds"),
        ("runs", "[]", "invocations", "[]", "workingDirectory"),
        ("runs", "[]", "artifacts", "[]", "location"),
        ("runs", "[]", "logicalLocations", "[]"),
    ]
    for path, value in known(source, *first):
        found.of(path).learn(path, value)
    return found


def _rule(value: dict[str, Any]) -> Rule:
    properties = value.get("properties")
    tags = words.texts(words.at(properties, "tags"))
    targets = [
        words.at(one, "target", "id")
        for one in words.objects(value, "relationships")[:50]
        if "cwe" in words.text(words.at(one, "target", "toolComponent", "name")).lower()
    ]
    severity = words.scored(words.at(properties, "security-severity"))
    if severity == "unknown":
        severity = words.severity(words.at(properties, "problem.severity"), _LESSER)
    strings = value.get("messageStrings")
    return Rule(
        id=words.text(value.get("id")) or "unnamed",
        title=words.first(
            words.at(value, "shortDescription", "text"),
            words.at(value, "fullDescription", "text"),
            value.get("name"),
            max_chars=words.MAX_TITLE,
        ),
        severity=severity,
        level=words.text(words.at(value, "defaultConfiguration", "level")),
        precision=words.text(words.at(properties, "precision")),
        cwe=words.cwes(list(tags), words.at(properties, "cwe"), targets),
        tags=frozenset(tag.lower() for tag in tags if len(tag) < 30),
        messages={
            words.text(name): words.text(words.at(said, "text"), words.MAX_MESSAGE)
            for name, said in (list(strings.items())[:20] if isinstance(strings, dict) else ())
        },
    )
