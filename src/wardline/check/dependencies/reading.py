"""JSON, TOML, YAML and XML as strangers wrote them, read with bounds: size, depth, aliases, entities, duplicate keys.

Each function raises `LockfileError` with the line where it can tell, and nothing else. Numbers, booleans and nulls may
stand where a string is expected: callers check types with `text`, `mapping` and `sequence`, or treat what does not fit
as absent and say so.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.model import MAX_LOCKFILE_BYTES, LockfileError

YamlLines = Callable[[tuple[Any, ...]], int | None]

MAX_DEPTH: Final = 200
_YAML_NULLS: Final = frozenset({"", "~", "null"})
_NO_KEY: Final = object()
_INDENTED: Final = b'{\n  "'
_MAX_INDENTED_BYTES: Final = 8 * 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
# An end of file ends what is open, and each turn of a loop starts with a character of its own: nothing is scanned
# twice, however a file is broken. Only single characters are possessive: before Python 3.11.5 groups were not reliably.
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*(?:"|\\?\Z)'
_COMMENT: Final = rb"//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)"
_JSONC: Final = rb"(?s)" + _STRING + rb"|" + _COMMENT + rb"|,(?=\s*+(?:(?:" + _COMMENT + rb")\s*+)*[}\]])"


def decoded(data: bytes) -> str:
    """Return UTF-8 (with or without a byte order mark) or BOM-marked UTF-16 as text; line ends become newlines."""
    _bounded(data)
    encoding = "utf-16" if data[:2] in _UTF_16 else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        detail = f"not valid {encoding.removesuffix('-sig').upper()}"
        raise LockfileError(detail, line=line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def unmarked(data: bytes) -> bytes:
    """Return the same text as UTF-8 without a byte order mark and with newlines as line ends: what lines count in."""
    _bounded(data)
    if data[:2] in _UTF_16:
        return decoded(data).encode()
    data = data.removeprefix(_BOM)
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def load_json(data: bytes) -> Any:
    r"""Return a JSON document (RFC 8259); an object that names a key twice is an error, since tools disagree on it.

    The proof that there are no duplicates is cheap. Written out again with the indentation that most tools use, a
    document is the same text. Else, without `\u` escapes, it has as many colons as before, and every duplicate takes
    at least one away. Only where that differs is it read slowly. (A hostile text becomes a hundred times as long with
    indentation, which is why only smaller ones are written so.)
    """
    import orjson

    data = unmarked(data)
    try:
        document = orjson.loads(data)
        if data.startswith(_INDENTED) and len(data) <= _MAX_INDENTED_BYTES:
            again = orjson.dumps(document, option=orjson.OPT_INDENT_2)
            if data.startswith(again) and not data[len(again) :].strip():
                return document
        again = orjson.dumps(document)
    except orjson.JSONDecodeError as error:
        raise LockfileError(f"not JSON: {error.msg}", line=error.lineno) from error
    except orjson.JSONEncodeError as error:  # it writes 254 levels where it reads 1,024
        raise LockfileError("nested too deeply") from error
    if (b"\\" in data and b"\\u" in data) or again.count(b":") != data.count(b":"):
        _refuse_duplicates(data)
    return document


def load_jsonc(data: bytes) -> Any:
    """Return a JSON document that may have comments and trailing commas, as `load_json` does."""
    data = unmarked(data)
    return load_json(re.sub(_JSONC, _plain_json, data))


def _plain_json(match: re.Match[bytes]) -> bytes:
    token = match.group()
    if token.startswith(b'"'):
        return token
    return (b" " if token.startswith(b"/") else b"") + b"\n" * token.count(b"\n")


def _refuse_duplicates(data: bytes) -> None:
    import json

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            line = _line_of_second(data, twice)
            raise LockfileError(f"the key {twice!r:.80} stands twice in one object", line=line)
        return found

    try:
        json.loads(data, object_pairs_hook=unique)
    except (RecursionError, ValueError) as error:
        raise LockfileError("nested too deeply, or not JSON") from error


def _line_of_second(data: bytes, name: str) -> int | None:
    import orjson

    quoted = orjson.dumps(name)
    first = data.find(quoted)
    second = data.find(quoted, first + 1)
    return data.count(b"\n", 0, second) + 1 if first >= 0 and second >= 0 else None


def load_toml(data: bytes) -> dict[str, Any]:
    """Return a TOML document (v1.0.0), read by a compiled parser. TOML itself forbids duplicate keys."""
    import rtoml

    text = decoded(data)
    try:
        return rtoml.loads(text)  # refuses more than 80 levels itself
    except rtoml.TomlParsingError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else None
        raise LockfileError(f"not TOML: {str(error).splitlines()[0]:.200}", line=line) from error


def load_yaml(data: bytes) -> tuple[Any, YamlLines]:
    """Return a YAML 1.1 document with every scalar as a string (or None), and a function from a key path to its line.

    One document; no tags are obeyed, aliases and anchors are refused (lockfiles have none, and nine of them can stand
    for a billion nodes), as are duplicate keys and nesting over `MAX_DEPTH`.
    """
    documents = load_yaml_documents(data)
    if len(documents) > 1:
        raise LockfileError("more than one YAML document")
    return documents[0] if documents else (None, lambda _: None)


def load_yaml_documents(data: bytes) -> list[tuple[Any, YamlLines]]:
    """Return every document of a YAML stream, each as `load_yaml` returns one."""
    import yaml

    text = decoded(data)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        return _yaml_documents(iter(loader.get_event, None))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise LockfileError(f"not YAML: {error.problem or error.context:.200}", line=line) from error
    except yaml.YAMLError as error:
        raise LockfileError(f"not YAML: {str(error).splitlines()[0]:.200}") from error
    finally:
        loader.dispose()


def _yaml_documents(events: Iterator[Any]) -> list[tuple[Any, YamlLines]]:  # noqa: C901, PLR0912 - one loop, for speed
    import yaml

    scalar, mapping_start, sequence_start = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
    found: list[tuple[Any, YamlLines]] = []
    marks: dict[int, dict[Any, int]] = {}  # of each mapping, by its identity, the lines of its keys
    stack: list[tuple[Any, Any, dict[Any, int] | None]] = []
    at: Any = None  # the innermost collection
    key: Any = _NO_KEY  # its pending key
    lines: dict[Any, int] | None = None  # its keys' lines, None where it is a list
    value: Any
    for event in events:
        kind = type(event)
        if kind is scalar:
            value = event.value
            if value in _YAML_NULLS and not event.style:
                value = None
        elif kind is mapping_start or kind is sequence_start:
            value = {} if kind is mapping_start else []
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            at, key, lines = stack.pop()
            continue
        elif kind is not yaml.AliasEvent:
            continue
        if event.anchor:  # an anchor's definition, or an alias
            raise _refused("YAML anchors and aliases are not read", event)
        if lines is not None and key is _NO_KEY:
            if kind is not scalar or value in lines:
                problem = f"the key {value!r:.80} stands twice in one mapping"
                raise _refused(problem if kind is scalar else "a YAML key is not a scalar", event)
            lines[value] = event.start_mark.line + 1
            key = value
            continue
        if lines is not None:
            at[key] = value
            key = _NO_KEY
        elif stack:
            at.append(value)
        else:
            found.append((value, partial(_yaml_line, value, marks)))
        if kind is not scalar:
            stack.append((at, key, lines))
            if len(stack) > MAX_DEPTH:
                raise _refused("nested too deeply", event)
            at, key = value, _NO_KEY
            lines = marks.setdefault(id(value), {}) if kind is mapping_start else None
    return found


def _refused(detail: str, event: Any) -> LockfileError:
    return LockfileError(detail, line=event.start_mark.line + 1)


def _yaml_line(document: Any, marks: Mapping[int, Mapping[Any, int]], path: tuple[Any, ...]) -> int | None:
    """Return the line of the last key of a path, None where it is not there."""
    value = document
    for key in path[:-1]:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return marks.get(id(value), {}).get(path[-1]) if path else None


class Element(NamedTuple):
    """An XML element: its name without a namespace, attributes, children, its own text, and its line."""

    name: str
    attributes: Mapping[str, str]
    children: list["Element"]
    text: list[str]
    line: int

    def child(self, name: str) -> "Element | None":
        """Return the first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def value(self, name: str) -> str | None:
        """Return the stripped text of the first child of that name, or None."""
        child = self.child(name)
        return "".join(child.text).strip() if child is not None else None


def load_xml(data: bytes) -> Element:
    """Return an XML 1.0 document's root element. A document type declaration is refused, so there are no entities."""
    from xml.parsers import expat

    _bounded(data)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    root: list[Element] = []
    stack: list[Element] = []

    def refuse(*_: object) -> None:
        raise LockfileError("an XML document type declaration is not read", line=parser.CurrentLineNumber)

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= MAX_DEPTH:
            raise LockfileError("nested too deeply", line=parser.CurrentLineNumber)
        element = Element(name.rpartition(" ")[2], attributes, [], [], parser.CurrentLineNumber)
        (stack[-1].children if stack else root).append(element)
        stack.append(element)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.CharacterDataHandler = lambda text: stack[-1].text.append(text)  # noqa: PLW0108 - the top changes
    try:
        parser.Parse(data, True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise LockfileError(f"not XML: {expat.ErrorString(error.code)}", line=error.lineno) from error
    except (LookupError, ValueError) as error:  # an unknown encoding in the XML declaration
        raise LockfileError(f"not XML: {error}") from error
    return root[0]


def mapping(value: Any) -> dict[str, Any]:
    """Return `value` where it is an object, else an empty one: a missing or mistyped part reads as absent."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return `value` where it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return `value` where it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def _bounded(data: bytes) -> None:
    if len(data) > MAX_LOCKFILE_BYTES:
        limit = MAX_LOCKFILE_BYTES // (1024 * 1024)
        raise LockfileError(f"larger than {limit} MB", hint="split it, or exclude it in .wardline/policy.toml")
