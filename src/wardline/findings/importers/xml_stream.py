"""A large XML report, one element at a time, without entities, external documents or anything that expands.

Elements that are asked for come as small trees; everything else is passed over. A document type may declare elements
and empty attributes, as Burp's reports do; an entity, a default value or another document ends the reading.

Source: XML 1.0 (fifth edition); expat. Control characters that XML forbids, and bytes that are no UTF-8, are replaced:
tools copy what servers answered into their reports.
"""

import codecs
import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple
from xml.parsers import expat

from wardline.findings.importers.model import DamagedReportError
from wardline.findings.importers.source import Source

_CHUNK_BYTES: Final = 64 * 1024
_MAX_DEPTH: Final = 100
_MAX_NODES: Final = 50_000
_MAX_TEXT: Final = 64 * 1024
_MAX_ATTRIBUTES: Final = 200
_MAX_DECLARATIONS: Final = 1000
_FORBIDDEN: Final = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_HARMLESS: Final = bytes.maketrans(_FORBIDDEN, b"?" * len(_FORBIDDEN))
_TOO_LARGE: Final = "an element has more parts than are kept"
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


class Node(NamedTuple):
    """An element: its name without a namespace, its attributes, its own text, and the elements in it."""

    name: str
    attributes: dict[str, str]
    texts: list[str]
    children: list["Node"]

    def child(self, *path: str) -> "Node | None":
        """Return the first element on a path of names, None where there is none."""
        node: Node | None = self
        for name in path:
            node = next((one for one in node.children if one.name == name), None) if node else None
        return node

    def all(self, *path: str) -> Iterator["Node"]:
        """Yield every element on a path of names."""
        if not path:
            yield self
            return
        for one in self.children:
            if one.name == path[0]:
                yield from one.all(*path[1:])

    def text(self, *path: str) -> str:
        """Return the text of the first element on a path of names, "" where there is none."""
        node = self.child(*path)
        return "".join(node.texts).strip() if node else ""


def is_xml(source: Source) -> bool:
    """Return whether a report starts as XML does."""
    with source.open() as file:
        return file.peek(100).lstrip()[:1] == b"<"


def elements(
    source: Source, wanted: Collection[str], *, passed: Collection[str] = ()
) -> Iterator[tuple[Node, list[Node]]]:
    """Yield every element of these names as a tree, with the elements that it stands in (their attributes only).

    A wanted element within another is part of that one. Elements whose names are in `passed` are left out of trees.
    Raises: `DamagedReportError` where the document breaks, ends early, or declares what could expand.
    """
    with source.open() as file:
        head = file.peek(_CHUNK_BYTES)
        walk = _Walk(source, wanted, passed)
        declared = _DECLARED.match(head)
        encoding = declared[1].decode().lower() if declared else "utf-8"
        plain = encoding in {"utf-8", "utf8", "utf-16", "us-ascii", "ascii"}
        parser = walk.parser("utf-8" if plain else None)
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        fed = 0
        while True:
            part = file.read(_CHUNK_BYTES)
            clean = decode(part, not part).encode().translate(_HARMLESS) if plain else part
            fed += len(clean)
            try:
                parser.Parse(clean, not part)
            except expat.ExpatError as error:
                yield from walk.done()
                raise _damaged(f"at line {error.lineno:,}: {expat.ErrorString(error.code)}") from error
            except (LookupError, ValueError) as error:  # an encoding that Python does not know
                raise _damaged(f"its encoding, {encoding}, is not known") from error
            yield from walk.done()
            if not part:
                return
            if fed - parser.CurrentByteIndex > source.bounds.max_element_bytes:
                raise _damaged(f"at byte {parser.CurrentByteIndex:,}: one tag or comment is too large")


def _damaged(reason: str) -> DamagedReportError:
    return DamagedReportError(f"the report cannot be read on {reason}", hint="have its tool write it again")


class _Walk:
    """Where a parser is, and the trees that are done."""

    def __init__(self, source: Source, wanted: Collection[str], passed: Collection[str]) -> None:
        self._source = source
        self._wanted = wanted
        self._passed = passed
        self._outer: list[Node] = []
        self._open: list[Node] = []
        self._skipping = 0
        self._nodes = 0
        self._declarations = 0
        self._done: list[tuple[Node, list[Node]]] = []

    def parser(self, encoding: str | None) -> expat.XMLParserType:
        """Return a parser that tells this walk, and refuses what could expand."""
        parser = expat.ParserCreate(encoding, "}")
        parser.buffer_text = True
        parser.buffer_size = _CHUNK_BYTES
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._document_type
        parser.EntityDeclHandler = self._entity
        parser.ExternalEntityRefHandler = self._entity
        parser.AttlistDeclHandler = self._default
        parser.ElementDeclHandler = self._declaration
        return parser

    def done(self) -> Iterator[tuple[Node, list[Node]]]:
        """Yield the trees that are done, once."""
        done, self._done = self._done, []
        yield from done

    def _document_type(self, _name: str, system: str | None, public: str | None, _internal: bool) -> None:  # noqa: FBT001 - expat's
        if system or public:
            raise _damaged("from its document type on: it refers to another document")

    def _entity(self, *_: object) -> int:
        raise _damaged("from its document type on: it declares an entity")

    def _default(self, _element: str, _attribute: str, _kind: str, default: str | None, _required: bool) -> None:  # noqa: FBT001 - expat's
        self._declaration()
        if default and len(default) > 20:
            raise _damaged("from its document type on: it declares a default value")

    def _declaration(self, *_: object) -> None:
        self._declarations += 1
        if self._declarations > _MAX_DECLARATIONS:
            raise _damaged("from its document type on: it declares too much")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._outer) + len(self._open) + self._skipping >= _MAX_DEPTH:
            raise _damaged("from some place on: it is nested too deeply")
        name = name.rpartition("}")[2][:200]
        if self._skipping:
            self._skipping += 1
            return
        some = list(attributes.items())[:_MAX_ATTRIBUTES]
        node = Node(name, {key.rpartition("}")[2][:200]: value[:_MAX_TEXT] for key, value in some}, [], [])
        if not self._open:
            if name not in self._wanted:
                self._outer.append(node)
                return
            self._nodes = 0
        elif name in self._passed or self._nodes >= _MAX_NODES:
            if name not in self._passed:
                self._source.trouble(_TOO_LARGE, f"in <{self._open[0].name}>")
            self._skipping = 1
            return
        else:
            self._open[-1].children.append(node)
        self._nodes += 1
        self._open.append(node)

    def _end(self, _name: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif not self._open:
            self._outer.pop()
        else:
            node = self._open.pop()
            if not self._open:
                self._done.append((node, list(self._outer)))

    def _text(self, text: str) -> None:
        if self._open and not self._skipping:
            texts = self._open[-1].texts
            if len(texts) < 16:
                texts.append(text[:_MAX_TEXT])
