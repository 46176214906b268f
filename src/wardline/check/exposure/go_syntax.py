r"""Expressions in Go's syntax (RE2's), compiled by google-re2 where it is installed, else put in `re`'s words.

Both search bytes. What `re` cannot say is refused: classes of Unicode (`\p{Greek}`), other than ASCII between brackets.
Source: the documentation of Go's package regexp/syntax. What Go itself refuses (look-around, back references, repeats
beyond 1,000) is refused here as well, so that a rule means the same wherever it is read.
"""

import re
from typing import Any, Final, NamedTuple, NoReturn

from wardline.check.exposure.patterns import re2
from wardline.kernel.errors import AskedWronglyError

MAX_CHARS: Final = 20_000
MAX_DEPTH: Final = 100
MAX_REPEAT: Final = 1000
_QUANTIFIER: Final = re.compile(r"[*+?]|\{([0-9]{1,9})(?:(,)([0-9]{0,9}))?\}")
_FLAGS: Final = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAME: Final = re.compile(r"\(\?P?<[A-Za-z0-9_]+>")
_SPACE: Final = r"\t\n\f\r\x20"
_CONTROL: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t\x20",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "space": r"\t\n\v\f\r\x20",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


class ExpressionError(AskedWronglyError):
    """An expression that cannot be obeyed: why, and what would do."""

    code = "expression"


def compiled(expression: str) -> Any:
    """Return an expression, compiled: an object with `search` and `finditer` over bytes.

    Raises: `ExpressionError` where it is none in Go's syntax, or is none that can be searched for here.
    """
    if len(expression) > MAX_CHARS:
        raise ExpressionError(f"it is longer than {MAX_CHARS:,} characters")
    return _with_re2(expression) if re2() is not None else with_re(expression)


def with_re(expression: str) -> "re.Pattern[bytes]":
    """Return the expression as the standard library searches for it. Raises: as `compiled`."""
    try:
        return re.compile(translated(expression).encode("ascii"))
    except (re.error, OverflowError, RecursionError) as error:
        raise ExpressionError(f"it is no expression ({error})"[:300]) from error


def translated(expression: str) -> str:
    """Return the expression in `re`'s words, in ASCII. Raises: `ExpressionError`."""
    return _Translation(expression).whole()


def _with_re2(expression: str) -> Any:
    module = re2()
    options = module.Options()
    options.log_errors = False
    if expression.isascii() and not re.search(r"\\(?:[pP]|x\{)", expression):
        options.encoding = module.Options.Encoding.LATIN1  # whatever the bytes are, each is a character
    try:
        return module.compile(expression.encode("utf-8", "strict"), options)
    except (module.error, UnicodeError) as error:
        said = error.args[0] if error.args else ""
        said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise ExpressionError(f"it is no expression in RE2's syntax ({said})"[:300]) from error


class _Flags(NamedTuple):
    i: bool = False
    m: bool = False
    s: bool = False
    U: bool = False


class _Group(NamedTuple):
    flags: _Flags
    outer: bool  # whether letters' case did not matter where the group began
    wrapped: bool


class _Translation:
    """One pass over an expression. Only the flag `i` is left to `re`, in groups of their own; the others are said."""

    def __init__(self, expression: str) -> None:
        self._text = expression
        self._at = 0
        self._out: list[str] = []
        self._groups: list[_Group] = []
        self._flags = _Flags()
        self._outer = False
        self._wrapped = False
        self._repeatable = False

    def whole(self) -> str:
        while self._at < len(self._text):
            self._one(self._text[self._at])
        if self._groups:
            self._refuse("a parenthesis is not closed")
        self._unwrap()
        return "".join(self._out)

    def _one(self, char: str) -> None:
        quantifier = _QUANTIFIER.match(self._text, self._at)
        if quantifier:
            self._repeat(quantifier)
        elif char == "(":
            self._open()
        elif char == ")":
            self._close()
        elif char == "|":
            self._at += 1
            self._unwrap()
            self._out.append("|")
            self._wrap()
        elif char == "[":
            self._atom(self._set())
        elif char == "\\":
            self._escape()
        else:
            self._at += 1
            self._atom(self._plain(char))

    def _plain(self, char: str) -> str:
        if char == ".":
            return "(?s:.)" if self._flags.s else r"[^\n]"
        if char == "^":
            return "(?m:^)" if self._flags.m else r"\A"
        if char == "$":
            return "(?m:$)" if self._flags.m else r"\Z"
        return _literal(char)

    def _atom(self, written: str) -> None:
        self._out.append(written)
        self._repeatable = True

    def _repeat(self, quantifier: "re.Match[str]") -> None:
        if not self._repeatable:
            self._refuse("there is nothing to repeat before a repeat")
        if max(int(quantifier[1] or 0), int(quantifier[3] or 0)) > MAX_REPEAT:
            self._refuse(f"it repeats more than {MAX_REPEAT} times")
        self._at = quantifier.end()
        lazy = self._text.startswith("?", self._at)
        self._at += lazy
        self._out.append(quantifier[0] + ("?" if lazy != self._flags.U else ""))
        self._repeatable = False

    def _open(self) -> None:
        if len(self._groups) >= MAX_DEPTH:
            self._refuse(f"it is nested deeper than {MAX_DEPTH}")
        flags, opening = self._flags, "("
        if self._text.startswith("(?", self._at):
            named = _NAME.match(self._text, self._at)
            match = named or _FLAGS.match(self._text, self._at)
            if match is None:
                self._refuse("(? begins something that Go's syntax does not have")
            self._at = match.end()
            if not named:
                flags, opening = self._changed(match[1], match[2] or ""), "(?:"
                if match[3] == ")":
                    self._unwrap()
                    self._flags = flags
                    self._wrap()
                    return
        else:
            self._at += 1
        self._groups.append(_Group(self._flags, self._outer, self._wrapped))
        self._out.append(opening)
        self._outer, self._wrapped, self._flags = self._flags.i, False, flags
        self._wrap()

    def _close(self) -> None:
        if not self._groups:
            self._refuse("a parenthesis is closed that was not opened")
        self._at += 1
        self._unwrap()
        self._flags, self._outer, self._wrapped = self._groups.pop()
        self._atom(")")

    def _wrap(self) -> None:
        self._wrapped = self._flags.i != self._outer
        if self._wrapped:
            self._out.append("(?i:" if self._flags.i else "(?-i:")
        self._repeatable = False

    def _unwrap(self) -> None:
        if self._wrapped:
            self._out.append(")")
        self._wrapped = False

    def _changed(self, on: str, off: str) -> _Flags:
        return self._flags._replace(**dict.fromkeys(on, True))._replace(**dict.fromkeys(off, False))

    def _escape(self) -> None:
        what = self._text[self._at + 1 : self._at + 2]
        if what == "Q":
            end = self._text.find("\\E", self._at)
            quoted = self._text[self._at + 2 : end if end >= 0 else len(self._text)]
            self._at = end + 2 if end >= 0 else len(self._text)
            for char in quoted:
                self._atom(_literal(char))
        elif what and what in "dDwWbBA":
            self._at += 2
            self._atom("\\" + what)
        elif what and what in "sSz":
            self._at += 2
            self._atom({"s": f"[{_SPACE}]", "S": f"[^{_SPACE}]", "z": r"\Z"}[what])
        else:
            self._atom(_literal(self._character()))

    def _character(self) -> str:
        """Return the character that an escape stands for."""
        what = self._text[self._at + 1 : self._at + 2]
        if found := re.compile(r"\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2}))").match(self._text, self._at):
            code = int(found[1] or found[2], 16)
        elif found := re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})").match(self._text, self._at):
            code = int(found[1], 8)
        elif what in _CONTROL or (what and what.isascii() and not what.isalnum()):
            self._at += 2
            return _CONTROL.get(what, what)
        else:
            self._refuse(f"\\{what} is nothing that can be searched for without google-re2")
        self._at = found.end()
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            self._refuse("a number is no character's")
        return chr(code)

    def _set(self) -> str:
        self._at += 1
        negated = self._text.startswith("^", self._at)
        self._at += negated
        parts: list[str] = []
        while True:
            char = self._text[self._at : self._at + 1]
            if not char:
                self._refuse("a bracket is not closed")
            if char == "]" and parts:
                self._at += 1
                return f"[{'^' if negated else ''}{''.join(parts)}]"
            parts.append(self._member())

    def _member(self) -> str:
        """Return one member of a set: a class, a character, or a range of them."""
        posix = re.compile(r"\[:(\^?)([a-z]+):\]").match(self._text, self._at)
        if posix:
            if posix[1] or posix[2] not in _POSIX:
                self._refuse(f"{posix[0]} is nothing that can be searched for without google-re2")
            self._at = posix.end()
            return _POSIX[posix[2]]
        what = self._text[self._at + 1 : self._at + 2]
        if self._text[self._at] == "\\" and what and what in "dDwWsS":
            self._at += 2
            return _SPACE if what == "s" else "\\" + what
        first = self._in_set()
        if self._text.startswith("-", self._at) and not self._text.startswith("-]", self._at):
            self._at += 1
            if self._at >= len(self._text):
                self._refuse("a bracket is not closed")
            last = self._in_set()
            if last < first:
                self._refuse("a range goes backwards")
            return f"{_literal(first)}-{_literal(last)}"
        return _literal(first)

    def _in_set(self) -> str:
        char = self._text[self._at]
        if char == "\\":
            char = self._character()
        else:
            self._at += 1
        if not char.isascii():
            self._refuse("other than ASCII between brackets needs google-re2")
        return char

    def _refuse(self, why: str) -> NoReturn:
        hint = "install wardline[fast] for all of RE2's syntax" if "google-re2" in why else "write it in RE2's syntax"
        raise ExpressionError(why, hint=hint)


def _literal(char: str) -> str:
    """Return a character as an expression over bytes, in ASCII."""
    if char.isascii() and (char.isalnum() or char == "_"):
        return char
    written = "".join(f"\\x{code:02x}" for code in char.encode("utf-8", "surrogatepass"))
    return written if char.isascii() else f"(?:{written})"
