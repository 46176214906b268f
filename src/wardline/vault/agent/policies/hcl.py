"""Vault's policy language as values: HCL 1 (as far as policies use it) and JSON.

    parsed('path "secret/data/*" { capabilities = ["read"] }')
    -> [("path", "secret/data/*", {"capabilities": ["read"]})]

Source: HCL 1's grammar (blocks, assignments, strings with escapes, heredocs, numbers, lists, comments). What a policy
never holds (interpolation, arithmetic) is no value here: `${` in a string stays text.
"""

import json
import re
from typing import Any, Final, NamedTuple

MAX_CHARS: Final = 256 * 1024
_MAX_DEPTH: Final = 16
_MAX_BLOCKS: Final = 5000
# Only single characters are possessive: before Python 3.11.5 groups were not reliably.
_SKIP: Final = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*\*/)*")
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_STRING: Final = re.compile(r'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*)"')
_HEREDOC: Final = re.compile(r"<<(-?)([A-Za-z_][A-Za-z0-9_]*)\r?\n")
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Block(NamedTuple):
    """One entry at the top: `path "secret/*" {…}` has the word `path`, that label and its fields."""

    word: str
    label: str
    fields: dict[str, Any]
    line: int


class PolicySyntaxError(ValueError):
    """The text is neither HCL nor JSON; says the line and what was expected."""


def parsed(text: str) -> list[Block]:
    """Return the blocks of a policy, in their order.

    Raises: `PolicySyntaxError` naming the line.
    """
    if len(text) > MAX_CHARS:
        raise PolicySyntaxError(f"a policy has up to {MAX_CHARS} characters")
    if text.lstrip().startswith("{"):
        return _from_json(text)
    return _Reader(text).blocks()


def _from_json(text: str) -> list[Block]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicySyntaxError("the JSON cannot be read") from error
    blocks: list[Block] = []
    for word, entries in found.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if not isinstance(entry, dict):
                blocks.append(Block(word, "", {"": entry}, 0))
                continue
            for label, fields in entry.items():
                for one in fields if isinstance(fields, list) else [fields]:
                    if not isinstance(one, dict):
                        raise PolicySyntaxError(f'"{word}" "{label}" is no object')
                    blocks.append(Block(word, label, one, 0))
    return blocks


class _Reader:
    """Reads HCL once from left to right: linear in the text, bounded in depth."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._skip()

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        while self._at < len(self._text):
            if len(found) >= _MAX_BLOCKS:
                raise self._wrong(f"a policy has up to {_MAX_BLOCKS} entries")
            line = self._text.count("\n", 0, self._at) + 1 if len(found) < 1000 else 0
            word = self._key()
            if self._next() == "=":
                self._take("=")
                found.append(Block(word, "", {"": self._value(0)}, line))
                continue
            label = self._string() if self._next() == '"' else ""
            found.append(Block(word, label, self._object(0), line))
        return found

    def _object(self, depth: int) -> dict[str, Any]:
        self._deep(depth)
        self._take("{")
        fields: dict[str, Any] = {}
        while self._next() != "}":
            if not self._next():
                raise self._wrong("object expected closing RBRACE got: EOF")
            key = self._key()
            if self._next() in {"=", ":"}:
                self._take(self._next())
            value = self._object(depth + 1) if self._next() == "{" else self._value(depth + 1)
            fields[key] = value
            if self._next() == ",":
                self._take(",")
        self._take("}")
        return fields

    def _value(self, depth: int) -> Any:
        self._deep(depth)
        char = self._next()
        if char == '"':
            return self._string()
        if char == "{":
            return self._object(depth + 1)
        if char == "[":
            return self._list(depth)
        if char == "<":
            return self._heredoc()
        number = _NUMBER.match(self._text, self._at)
        if number is not None:
            self._advance(number.end())
            return float(number[0]) if re.search(r"[.eE]", number[0]) else _whole(number[0])
        word = _WORD.match(self._text, self._at)
        if word is not None and word[0] in {"true", "false"}:
            self._advance(word.end())
            return word[0] == "true"
        raise self._wrong("a value is expected")

    def _list(self, depth: int) -> list[Any]:
        self._take("[")
        found: list[Any] = []
        while self._next() != "]":
            if not self._next():
                raise self._wrong("list expected closing RBRACK got: EOF")
            found.append(self._value(depth + 1))
            if self._next() == ",":
                self._take(",")
            elif self._next() != "]":
                raise self._wrong("a comma is expected")
        self._take("]")
        return found

    def _key(self) -> str:
        if self._next() == '"':
            return self._string()
        word = _WORD.match(self._text, self._at)
        if word is None:
            raise self._wrong("a key is expected")
        self._advance(word.end())
        return word[0]

    def _string(self) -> str:
        match = _STRING.match(self._text, self._at)
        if match is None:
            raise self._wrong("literal not terminated")
        self._advance(match.end())
        return _ESCAPE.sub(_unescaped, match[1]) if "\\" in match[1] else match[1]

    def _heredoc(self) -> str:
        match = _HEREDOC.match(self._text, self._at)
        end = (
            re.compile(rf"^[ \t]*{match[2]}[ \t]*\r?$", re.MULTILINE).search(self._text, match.end()) if match else None
        )
        if match is None or end is None:
            raise self._wrong("heredoc not terminated")
        body = self._text[match.end() : end.start()]
        self._advance(end.end())
        return "".join(line.lstrip(" \t") for line in body.splitlines(keepends=True)) if match[1] else body

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, char: str) -> None:
        if self._next() != char:
            raise self._wrong(f"'{char}' is expected")
        self._advance(self._at + 1)

    def _advance(self, to: int) -> None:
        self._at = to
        self._skip()

    def _skip(self) -> None:
        found = _SKIP.match(self._text, self._at)
        if found is not None:
            self._at = found.end()

    def _deep(self, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise self._wrong("nested too deeply")

    def _wrong(self, what: str) -> PolicySyntaxError:
        line = self._text.count("\n", 0, self._at) + 1
        column = self._at - (self._text.rfind("\n", 0, self._at) + 1) + 1
        return PolicySyntaxError(f"At {line}:{column}: {what}")


def _unescaped(match: re.Match[str]) -> str:
    found = match[1]
    return chr(int(found[1:], 16)) if len(found) == 5 else _ESCAPES.get(found, found)


def _whole(text: str) -> int:
    if len(text) > 18:
        raise PolicySyntaxError("a number is too long")
    return int(text)
