"""YAML that strangers wrote, read within bounds: plain values with the lines they stand on. Pure.

No aliases and anchors (a few lines can stand for billions), no tags, no key twice, 256 KiB, 24 levels, 20,000 values,
100 documents. Text stays text: `no`, `1.10` and dates are what was written, and who wants a truth asks for one.

Source: YAML 1.2.2 §3.2.
"""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable

if TYPE_CHECKING:
    from yaml import Event

MAX_BYTES: Final = 256 * 1024
_MAX_DEPTH: Final = 24
_MAX_VALUES: Final = 20_000
_MAX_DOCUMENTS: Final = 100
_TRUE: Final = frozenset({"on", "true", "yes"})
_FALSE: Final = frozenset({"false", "no", "off"})
_NULL: Final = frozenset({"", "null", "~"})


class Value(NamedTuple):
    """A text, a list or a mapping, and its line. `quoted` text is never nothing and never a truth."""

    content: "str | list[Value] | dict[str, Value]"
    line: int
    quoted: bool = False


class Reading(NamedTuple):
    """A place, for errors that name it."""

    place: str

    def wrong(self, line: int, what: str, hint: str = "") -> AskedWronglyError:
        """Return the error that names a line."""
        return AskedWronglyError(f"{self.place}:{line}: {what}", hint=hint)

    def mapping(self, value: Value, keys: tuple[str, ...] | None = None) -> dict[str, Value]:
        """Return the entries of a mapping; where `keys` is given, an unknown one is an error that names the nearest."""
        if not isinstance(value.content, dict):
            raise self.wrong(value.line, "here stand keys with values", "write key: value")
        for key, entry in value.content.items() if keys is not None else ():
            if key not in (keys or ()):
                near = get_close_matches(key, keys or (), 1)
                hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(keys or ())}"
                raise self.wrong(entry.line, f"unknown key {key!r:.60}", hint)
        return value.content

    def text(self, value: Value | None, longest: int = 2000) -> str | None:
        """Return a text, or None where there is nothing."""
        if value is None or nothing(value):
            return None
        if not isinstance(value.content, str) or len(value.content) > longest:
            raise self.wrong(value.line, f"here stands a text of up to {longest} characters")
        return value.content.strip()

    def texts(self, value: Value | None, most: int = 200) -> tuple[str, ...] | None:
        """Return a list of texts (one alone counts as a list of one), or None where there is nothing."""
        if value is None or nothing(value):
            return None
        listed = value.content if isinstance(value.content, list) else [value]
        if len(listed) > most:
            raise self.wrong(value.line, f"here stand up to {most} texts")
        return tuple(text for one in listed if (text := self.text(one, 300)))

    def truth(self, value: Value | None) -> bool | None:
        """Return whether `true` stands there, or None where there is nothing."""
        if value is None or nothing(value):
            return None
        text = value.content.casefold() if isinstance(value.content, str) and not value.quoted else ""
        if text not in _TRUE | _FALSE:
            raise self.wrong(value.line, "here stands true or false")
        return text in _TRUE


def nothing(value: Value) -> bool:
    """Return whether somebody wrote nothing, `~` or `null`."""
    return isinstance(value.content, str) and not value.quoted and value.content.casefold() in _NULL


def read(content: bytes, place: str) -> list[Value]:
    """Return the documents of a file, without empty ones.

    Raises: `AskedWronglyError`, naming the line, for what is no YAML or passes a bound.
    """
    import yaml

    reading = Reading(place)
    if len(content) > MAX_BYTES:
        raise reading.wrong(1, f"more than {MAX_BYTES // 1024} KiB")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(reading)
    try:
        for event in yaml.parse(content.decode("utf-8"), Loader=loader):
            builder.take(event)
    except UnicodeDecodeError as error:
        raise reading.wrong(content[: error.start].count(b"\n") + 1, "no UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise reading.wrong(line, f"no YAML: {printable(error.problem or '', max_chars=80)}") from error
    except yaml.YAMLError as error:
        raise reading.wrong(1, "no YAML") from error
    return builder.documents


class _Builder:
    """Puts values together from a parser's events, without recursion and counting as it goes."""

    def __init__(self, reading: Reading) -> None:
        self.documents: list[Value] = []
        self._reading = reading
        self._open: list[tuple[Value, list[Value | None]]] = []  # with the key that waits for its value
        self._count = 0

    def take(self, event: "Event") -> None:
        """Take the next event."""
        import yaml

        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._reading.wrong(line, "anchors and aliases are not read", "write it out")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise self._reading.wrong(line, "tags are not read", "write plain values")
        if isinstance(event, yaml.ScalarEvent):
            self._put(
                Value(
                    event.value,
                    line,
                    quoted=bool(event.style),  # libyaml says "" where PyYAML says None
                )
            )
        elif isinstance(event, yaml.SequenceStartEvent):
            self._push(Value([], line))
        elif isinstance(event, yaml.MappingStartEvent):
            self._push(Value({}, line))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._open.pop()

    def _push(self, value: Value) -> None:
        self._put(value)
        self._open.append((value, [None]))
        if len(self._open) > _MAX_DEPTH:
            raise self._reading.wrong(value.line, f"more than {_MAX_DEPTH} levels")

    def _put(self, value: Value) -> None:
        self._count += 1
        if self._count > _MAX_VALUES:
            raise self._reading.wrong(value.line, f"more than {_MAX_VALUES} values")
        if not self._open:
            if len(self.documents) >= _MAX_DOCUMENTS:
                raise self._reading.wrong(value.line, f"more than {_MAX_DOCUMENTS} documents")
            if not nothing(value):
                self.documents.append(value)
            return
        holder, waiting = self._open[-1]
        if isinstance(holder.content, list):
            holder.content.append(value)
        elif isinstance(holder.content, dict):
            self._entry(holder.content, waiting, value)

    def _entry(self, content: dict[str, Value], waiting: list[Any], value: Value) -> None:
        key = waiting[0]
        if key is None:
            if not isinstance(value.content, str):
                raise self._reading.wrong(value.line, "a key is a text")
            if value.content in content:
                raise self._reading.wrong(value.line, f"the key {value.content!r:.60} stands here twice")
            waiting[0] = value
            return
        # An entry carries its key's line: that is where a reader looks for it.
        content[key.content] = value._replace(line=key.line) if isinstance(value.content, str) else value
        waiting[0] = None
