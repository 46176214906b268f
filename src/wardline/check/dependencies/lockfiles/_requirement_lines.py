"""The logical lines of a requirements file: continued lines joined, comments taken out, and what `# via` says.

Source: pip's documentation, "Requirements File Format", and its `src/pip/_internal/req/req_file.py` for the order of
the steps: join, then cut comments. pip-compile's and uv's annotations: their documentation of `--annotation-style`.
"""

import re
from typing import Final, NamedTuple

from wardline.check.dependencies.model import LockfileError
from wardline.check.dependencies.reading import decoded

_COMMENT: Final = re.compile(r"(?<!\S)#.*")
_COMMENT_LINE: Final = re.compile(r"\s*#")
_VIA: Final = re.compile(r"\s*#\s*via\b\s*(.*)\Z")
_CODING: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_OPTION_WORDS: Final = (
    "-i --index-url --pypi-url --extra-index-url --no-index -f --find-links --no-binary --only-binary --prefer-binary "
    "--require-hashes --pre --trusted-host --use-feature --always-unzip -Z --process-dependency-links "
    "--no-use-wheel --use-wheel --allow-external --allow-all-external --allow-unverified --no-allow-external "
    "--no-allow-insecure --only-final --all-releases --global-option --install-option --hash --config-settings "
    "--config-setting -C --no-deps --no-build-isolation --no-use-pep517 --use-pep517 --uploaded-prior-to"
)
_OPTIONS: Final = frozenset(_OPTION_WORDS.split())


class Line(NamedTuple):
    """One logical line: its text without comments, where it starts, and who needs it (`# via`), as written."""

    text: str
    number: int
    via: list[str]

    def is_known_option(self) -> bool:
        """Return whether this is one of pip's options that name no package."""
        word = re.split(r"[\s=]", self.text, maxsplit=1)[0]
        return word in _OPTIONS or (word[:2] in {"-i", "-f"} and not word.startswith("--"))


def logical_lines(data: bytes) -> list[Line]:
    """Return the lines of a requirements file that say something. Raises: `LockfileError`."""
    found: list[Line] = []
    pieces: list[str] = []
    start = 0
    in_via = False
    for number, line in enumerate(_text(data).split("\n"), 1):
        if _COMMENT_LINE.match(line):
            in_via = _annotate(found, line, in_via=in_via) if not pieces else False
            if not pieces:
                continue
            line = " "  # noqa: PLW2901 - a comment ends a continued line (pip's `join_lines`)
        else:
            in_via = False
        start = start if pieces else number
        if line.endswith("\\"):
            pieces.append(line[:-1])
            continue
        _finish(found, "".join([*pieces, line]), start)
        pieces = []
        in_via = bool(found) and line.rstrip().endswith("# via")
    if pieces:
        _finish(found, "".join(pieces), start)
    return found


def _finish(found: list[Line], line: str, start: int) -> None:
    text = _COMMENT.sub("", line).strip()
    if not text:
        return
    _, hash_, comment = line.partition(" #")
    found.append(Line(text, start, []))
    if hash_:
        _annotate(found, "#" + comment, in_via=False)


def _annotate(found: list[Line], comment: str, *, in_via: bool) -> bool:
    """Add what a comment says to the requirement above it; return whether the next comment goes on with that."""
    via = _VIA.match(comment)
    said = via.group(1) if via else comment.strip().lstrip("#") if in_via else ""
    if found and said:
        found[-1].via.extend(part for part in map(str.strip, said.split(",")) if part)
    return bool(found) and (via is not None or in_via)


def _text(data: bytes) -> str:
    r"""Return the file's text; `# -*- coding: … -*-` in the first two lines names another encoding, as pip reads it."""
    for line in data[:1000].split(b"\n")[:2]:
        coding = _CODING.match(line)
        if coding:
            try:
                return data.decode(coding.group(1).decode()).replace("\r\n", "\n").replace("\r", "\n")
            except (LookupError, ValueError) as error:
                raise LockfileError("not valid in the encoding that it names", line=1) from error
    try:
        return decoded(data)
    except LockfileError:  # names and versions are ASCII; a comment may be in an old encoding
        return data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
