"""A team's own rules, read from a file in gitleaks' format (version 8's TOML). What cannot be honoured is a gap.

Understood: `[[rules]]` with `id`, `description`, `regex`, `path`, `secretGroup`, `entropy`, `keywords`, `tags` and
`[[rules.allowlists]]`; `[[allowlists]]` for all of the file's rules, or for `targetRules`; both also in their older
form `allowlist`; `[extend]` with `path` (a file of the tree, twice at most), `useDefault` and `disabledRules`.
Wardline's own rules stand in gitleaks' default ones' place: they are always searched for, and nothing in such a file
switches them off or allows what they find. Keys are read whatever their case is, as gitleaks does.

Nothing here raises for what a file says. Sources: gitleaks' README, "Configuration"; the package regexp/syntax of Go.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from wardline.check.exposure.go_syntax import ExpressionError, compiled
from wardline.check.exposure.model import Rule
from wardline.check.exposure.team import Allowed, TeamRule
from wardline.findings.report import Gap
from wardline.kernel import toml
from wardline.kernel.sandbox import OvertimeError, deadline
from wardline.kernel.text import printable

MAX_BYTES: Final = 1024 * 1024
MAX_RULES: Final = 1000
MAX_LISTED: Final = 20_000  # keywords, expressions and stop words of one file
MAX_DEPTH: Final = 2
MAX_GAPS: Final = 100
SECONDS: Final = 10.0
PREFIX: Final = "team/"
REPAIR: Final = "revoke it where it is accepted, and keep its successor in the vault"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. /-]{0,99}")
_TOP: Final = frozenset({"title", "description", "minversion", "extend", "rules", "allowlist", "allowlists"})
_RULE: Final = frozenset(
    {"id", "description", "regex", "path", "secretgroup", "entropy", "keywords", "tags", "allowlist", "allowlists"}
)
_ALLOWED: Final = frozenset(
    {"description", "condition", "paths", "regexes", "regextarget", "stopwords", "targetrules", "commits"}
)
_EXTEND: Final = frozenset({"path", "usedefault", "disabledrules"})


class _RefusedError(Exception):
    """Something in a rule that cannot be honoured: why."""


class Read(NamedTuple):
    """The rules of a file that can be searched for, what could not be honoured, and what a reader should know."""

    rules: tuple[TeamRule, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...] = ()


def read(data: bytes, path: str, other: Callable[[str], bytes], own: frozenset[str]) -> Read:
    """Return what a file says.

    `other` reads a further file of the tree by its path, and raises `OSError` or `WardlineError` where it cannot be;
    `own` are the ids of the house's rules.
    """
    reading = _Reading(other, own)
    try:
        with deadline(SECONDS):
            reading.file(data, path, 0)
            reading.finish()
    except OvertimeError:
        reading.gap(path, None, f"reading the rules took longer than {SECONDS:g} s: those that are left were not read")
    return Read(tuple(reading.rules.values()), tuple(reading.gaps[:MAX_GAPS]), tuple(dict.fromkeys(reading.notes)))


class _Reading:
    """One file with those that it extends. Inner files are read first: what the outer one says of a rule holds."""

    def __init__(self, other: Callable[[str], bytes], own: frozenset[str]) -> None:
        self.rules: dict[str, TeamRule] = {}
        self.gaps: list[Gap] = []
        self.notes: list[str] = []
        self._other = other
        self._own = own
        self._global: list[Allowed] = []
        self._left = MAX_LISTED

    def gap(self, path: str, line: int | None, reason: str) -> None:
        """Note something that was not honoured."""
        scope = f"{printable(path)}:{line}" if line else printable(path)
        remedy = "write it in a way that is read (docs/check.md), or take it out of the file"
        self.gaps.append(Gap("exposure", scope, printable(reason, max_chars=600), remedy))

    def file(self, data: bytes, path: str, depth: int) -> None:
        """Read one file."""
        try:
            document = _lowered(toml.load(data, max_bytes=MAX_BYTES))
        except toml.TomlError as error:
            self.gap(path, error.line, error.detail)
            return
        for name in sorted(set(document) - _TOP):
            self.gap(path, None, f"the key {name} is not known")
        extend = document.get("extend", {})
        disabled = self._extended(extend if isinstance(extend, dict) else {"?": extend}, path, depth)
        for one in disabled:
            self.rules.pop(PREFIX + one, None)
        text = data.decode("utf-8-sig")
        listed = document.get("rules", [])
        lines = _headers(text, "rules")
        if not isinstance(listed, list) or len(self.rules) + len(listed) > MAX_RULES:
            self.gap(path, None, f"rules is no list of at most {MAX_RULES:,} tables, and none is searched for")
            listed = []
        for number, values in enumerate(listed):
            self._rule(values, path, lines[number] if len(lines) == len(listed) else None, number + 1)
        self._allowlists(document, path, _headers(text, "allowlists"))

    def finish(self) -> None:
        """Let the files' own allowlists hold for every rule."""
        shared = tuple(self._global)
        if shared:
            self.rules = {name: one._replace(allowed=(*one.allowed, *shared)) for name, one in self.rules.items()}

    def _extended(self, extend: Mapping[str, Any], path: str, depth: int) -> list[str]:
        """Read what a file extends, and return the ids of the rules that it switches off."""
        for name in sorted(set(extend) - _EXTEND):
            self.gap(path, None, f"[extend] {name} cannot be honoured")
        if extend.get("usedefault") is True:
            self.notes.append(f"{printable(path)}: Wardline's own rules stand in the place of gitleaks' default ones")
        named = extend.get("path")
        if isinstance(named, str) and named:
            self._further(named, path, depth)
        disabled = extend.get("disabledrules", [])
        if not isinstance(disabled, list) or not all(isinstance(one, str) for one in disabled):
            self.gap(path, None, "[extend] disabledRules is no list of ids")
            return []
        for one in disabled:
            if one in self._own and PREFIX + one not in self.rules:
                self.gap(path, None, f"[extend] disabledRules: {one} is Wardline's own, and is not switched off here")
        return disabled

    def _further(self, named: str, path: str, depth: int) -> None:
        from wardline.kernel.errors import WardlineError

        if depth >= MAX_DEPTH:
            self.gap(path, None, f"[extend] path: files are extended {MAX_DEPTH} times at most")
            return
        name = named.removeprefix("./")
        try:
            data = self._other(name)
        except WardlineError as error:
            self.gap(path, None, f"[extend] path {name}: {error.detail}")
        except (OSError, ValueError) as error:
            self.gap(path, None, f"[extend] path {name} cannot be read ({type(error).__name__})")
        else:
            self.file(data, name, depth + 1)

    def _rule(self, values: Any, path: str, line: int | None, number: int) -> None:
        name = values.get("id") if isinstance(values, dict) else None
        shown = f"the rule {name}" if isinstance(name, str) and name else f"the rule number {number}"
        try:
            made = self._made(values if isinstance(values, dict) else {}, path, line, shown)
        except (_RefusedError, ExpressionError) as error:
            why = error.detail if isinstance(error, ExpressionError) else str(error)
            self.gap(path, line, f"{shown} is not searched for: {why}")
        else:
            self.rules[made.rule.id] = made

    def _made(self, values: Mapping[str, Any], path: str, line: int | None, shown: str) -> TeamRule:
        """Return a rule; one that stands in an extended file is completed."""
        name = values.get("id")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise _RefusedError("it has no id of at most 100 letters, digits and . _ - /")
        unknown = sorted(set(values) - _RULE)
        if unknown:
            raise _RefusedError(f"{unknown[0]} is not understood")
        before = self.rules.get(PREFIX + name)
        expression = _expression(values, "regex") or (before.expression if before else None)
        where = _expression(values, "path") or (before.path if before else None)
        if expression is None and where is None:
            raise _RefusedError(
                "it has neither regex nor path; gitleaks' default rules, which it may add to, are not here"
            )
        group = values.get("secretgroup", before.group if before else 0)
        if not isinstance(group, int) or isinstance(group, bool) or not 0 <= group <= _groups(expression):
            raise _RefusedError("secretGroup is no group of its regex")
        entropy = values.get("entropy", before.rule.min_entropy if before else 0)
        if isinstance(entropy, bool) or not isinstance(entropy, int | float) or not 0 <= entropy <= 8:
            raise _RefusedError("entropy is no number from 0 to 8")
        said = values.get("description", before.rule.title if before else "")
        title = " ".join(printable(said, max_chars=300).split()).rstrip(".") if isinstance(said, str) else ""
        keywords = tuple(one.lower().encode() for one in self._texts(values, "keywords"))
        allowed = self._rules_own(values, path, line, shown)
        return TeamRule(
            rule=Rule(
                id=PREFIX + name,
                title=title or f"What the rule {name} is about",
                pattern="regex" if expression is not None else "",
                provider=printable(path),
                repair=REPAIR,
                min_entropy=float(entropy),
                confidence="medium",
                binary=False,
            ),
            expression=expression,
            path=where,
            group=group,
            keywords=(*(before.keywords if before else ()), *keywords),
            allowed=(*(before.allowed if before else ()), *allowed),
        )

    def _rules_own(self, values: Mapping[str, Any], path: str, line: int | None, shown: str) -> list[Allowed]:
        listed = _tables(values)
        if listed is None:
            raise _RefusedError("its allowlists are no tables")
        made = [self._allowed(one, path, line, shown) for one in listed]
        return [one for one in made if one is not None]

    def _allowlists(self, document: Mapping[str, Any], path: str, lines: list[int]) -> None:
        """Read the allowlists of a whole file, for all rules or for those that they name."""
        listed = _tables(document)
        if listed is None:
            self.gap(path, None, "the allowlists are no tables: none holds")
            return
        for number, values in enumerate(listed):
            line = lines[number] if len(lines) == len(listed) else None
            try:
                made = self._allowed(values, path, line, "the file")
                targets = self._texts(values, "targetrules")
            except (_RefusedError, ExpressionError) as error:
                why = error.detail if isinstance(error, ExpressionError) else str(error)
                self.gap(path, line, f"an allowlist of the file does not hold: {why}")
                continue
            if made is None:
                continue
            if not targets:
                self._global.append(made)
            for target in targets:
                rule = self.rules.get(PREFIX + target)
                if rule is None:
                    self.gap(path, line, f"an allowlist is for the rule {target}, which is not in the file")
                else:
                    self.rules[PREFIX + target] = rule._replace(allowed=(*rule.allowed, made))

    def _allowed(self, values: Any, path: str, line: int | None, shown: str) -> Allowed | None:
        """Return an allowlist; one that cannot be honoured allows nothing. Raises: as `_made`."""
        unknown = sorted(set(values) - _ALLOWED) if isinstance(values, dict) else ["?"]
        if unknown:
            raise _RefusedError(f"{unknown[0]} in an allowlist is not understood")
        condition = str(values.get("condition", "")).upper()
        if condition not in {"", "OR", "||", "AND", "&&"}:
            raise _RefusedError("the condition of an allowlist is neither AND nor OR")
        target = values.get("regextarget") or "secret"
        if target not in {"secret", "match", "line"}:
            raise _RefusedError("the regexTarget of an allowlist is not match or line")
        made = Allowed(
            expressions=tuple(compiled(one) for one in self._texts(values, "regexes")),
            target=target,
            paths=tuple(compiled(one) for one in self._texts(values, "paths")),
            stopwords=tuple(one.lower().encode() for one in self._texts(values, "stopwords") if one),
            every=condition in {"AND", "&&"},
        )
        if self._texts(values, "commits"):
            reason = "allows what stands in certain commits, and that is not honoured: it is found there as well"
            self.gap(path, line, f"an allowlist of {shown} {reason}")
            return made if not made.every and any((made.expressions, made.paths, made.stopwords)) else None
        if not any((made.expressions, made.paths, made.stopwords)):
            raise _RefusedError("an allowlist has neither regexes nor paths nor stopwords")
        return made

    def _texts(self, values: Mapping[str, Any], name: str) -> list[str]:
        listed = values.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise _RefusedError(f"{name} is no list of texts")
        self._left -= len(listed)
        if self._left < 0:
            raise _RefusedError(f"the file lists more than {MAX_LISTED:,} keywords, expressions and stop words")
        return listed


def _expression(values: Mapping[str, Any], name: str) -> Any:
    written = values.get(name, "")
    if not isinstance(written, str):
        raise _RefusedError(f"{name} is no text")
    return compiled(written) if written else None


def _groups(expression: Any) -> int:
    return int(expression.groups) if expression is not None else 0


def _tables(values: Mapping[str, Any]) -> list[Any] | None:
    """Return the allowlists in a table, in the newer and in the older form; None where they are none."""
    older, newer = values.get("allowlist"), values.get("allowlists", [])
    listed = [*([older] if older is not None else []), *(newer if isinstance(newer, list) else [None])]
    return listed if all(isinstance(one, dict) for one in listed) else None


def _lowered(values: Any) -> Any:
    """Return tables with their keys in lower case, all the way down."""
    if isinstance(values, dict):
        return {str(name).lower(): _lowered(value) for name, value in values.items()}
    return [_lowered(one) for one in values] if isinstance(values, list) else values


def _headers(text: str, name: str) -> list[int]:
    """Return the lines of `[[name]]`."""
    header = re.compile(rf"[ \t]*\[\[[ \t]*{name}[ \t]*\]\]", re.IGNORECASE)
    return [number for number, line in enumerate(text.split("\n"), 1) if header.match(line)]
