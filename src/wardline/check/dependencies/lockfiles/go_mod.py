"""Go modules: `go.mod`, with `go.sum` or `vendor/modules.txt` beside it where `go.mod` does not say everything.

From `go 1.17` on, `go.mod` names every module that the build needs, direct and `// indirect`, at the version that Go
selects. An older `go.mod` leaves the indirect ones out: then they are taken from `vendor/modules.txt`, or else from
`go.sum`, which may also hold versions that are no longer selected; every one of them is reported (`go mod tidy` removes
the stale ones). `replace` is obeyed: a replaced module is reported as its replacement, and one that is replaced by a
folder is the project's own. Where `vendor/modules.txt` disagrees with `go.mod`, both are reported.

The standard library is the package `stdlib`, as in OSV's data, at the version of the `toolchain` line, else of the `go`
line. That is the oldest toolchain that may build the module; a newer one may be installed.

Sources: Go Modules Reference, "go.mod files", "go.sum files", "Vendoring"; Go Toolchains, "Version numbers".
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source, Unread
from wardline.check.dependencies.reading import decoded
from wardline.kernel.text import printable

ID = "go-mod"
TITLE = "go.mod (Go)"
PATTERNS = ("go.mod",)
ECOSYSTEMS = ("Go",)
UPGRADE = "go get {name}@v{version}"

_GO: Final = "Go"
_TIDY: Final = "run `go mod tidy` with a current Go, and commit go.mod and go.sum"
_TOKEN: Final = re.compile(
    r'\s*+(?:(//.*)|("[^"\\]*+(?:\\.[^"\\]*+)*"|`[^`]*+`|[()\[\],]|=>|(?:(?!//|=>)[^\s"`()\[\],])+)|(\S))'
)
_KNOWN: Final = frozenset(
    {"module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore", "use"}
)
_GO_VERSION: Final = re.compile(r"(?:go)?(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta|alpha)(\d+))?(?:[-+ ].*)?")
_SUM_LINE: Final = re.compile(r"^(\S+)[ \t]+(\S+?)(/go\.mod)?[ \t]+h\d+:\S+[ \t]*$", re.MULTILINE)


class Directive(NamedTuple):
    """One directive: its verb, its words, the comment behind it, and its line."""

    verb: str
    words: Sequence[str]
    comment: str
    line: int


Replacements = dict[tuple[str, str], tuple[str, str]]


def read(source: Source) -> Lockfile:
    """Return the modules that `go.mod` requires, and the standard library. Raises: `LockfileError`."""
    found = list(directives(decoded(source.data)))
    gathering = Gathering()
    replaced = replacements(found)
    required: dict[str, str] = {}
    for entry in found:
        if entry.verb == "require":
            name, version = _named(entry)
            required[name] = version
            direct = not re.match(r"//\s*indirect\b", entry.comment)
            add(gathering, source, replaced, Package(_GO, name, version, (), direct), entry.line)
    add_standard_library(gathering, found)
    if required:
        _add_what_go_mod_leaves_out(gathering, source, found, replaced, required)
    return gathering.lockfile()


def directives(text: str) -> Iterator[Directive]:
    """Yield the directives of a `go.mod` or `go.work` file, those in blocks one by one.

    Raises: `LockfileError` for what Go's own parser refuses: an unknown verb, an open block, a stray character.
    """
    block, opened = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        words, comment = _words(line, number)
        if not words:
            continue
        if block:
            if words == [")"]:
                block = ""
            else:
                yield Directive(block, words, comment, number)
        elif words[0] not in _KNOWN:
            raise LockfileError(f"an unknown directive: {printable(words[0], max_chars=60)}", line=number)
        elif words[1:] == ["("]:
            block, opened = words[0], number
        elif words[1:] != ["(", ")"]:
            yield Directive(words[0], words[1:], comment, number)
    if block:
        raise LockfileError(f"the block `{block} (` does not end: the file is cut short", line=opened)


def _words(line: str, number: int) -> tuple[list[str], str]:
    words: list[str] = []
    at = 0
    while match := _TOKEN.match(line, at):
        comment, word, stray = match.groups()
        if comment is not None:
            return words, comment
        if stray is not None:
            raise LockfileError("a quotation mark that does not end", line=number)
        words.append(word.strip('"`') if word[0] in '"`' else word)
        at = match.end()
    return words, ""


def _named(entry: Directive) -> tuple[str, str]:
    if len(entry.words) != 2:
        raise LockfileError(f"`{entry.verb}` takes a module and a version", line=entry.line)
    name, version = entry.words
    return name, version


def replacements(found: Sequence[Directive]) -> Replacements:
    """Return what is replaced: (module, version or "") -> (module or folder, version or "")."""
    replaced: Replacements = {}
    for entry in found:
        if entry.verb != "replace":
            continue
        words = list(entry.words)
        arrow = words.index("=>") if "=>" in words else -1
        old, new = words[:arrow], words[arrow + 1 :]
        if arrow < 0 or len(old) not in {1, 2} or len(new) not in {1, 2}:
            raise LockfileError("`replace` is written `module [version] => module version`", line=entry.line)
        replaced[old[0], "".join(old[1:])] = new[0], "".join(new[1:])
    return replaced


def add(gathering: Gathering, source: Source, replaced: Replacements, package: Package, line: int) -> None:
    """Add a module, or what replaces it; a folder of the tree is left out, and one outside of it is not examined."""
    new = replaced.get((package.name, package.version)) or replaced.get((package.name, ""))
    if new is None:
        gathering.add(package, line)
    elif new[1]:
        gathering.add(package._replace(name=new[0], version=new[1]), line)
    elif not in_tree(source, new[0]):
        reason = "is replaced by a folder outside of the examined tree"
        gathering.skip(package.name, reason, "examine that folder too: run the check on a folder that holds both", line)


def in_tree(source: Source, folder: str) -> bool:
    """Return whether `folder`, as `replace` or `use` names it, is a module that this check reads by itself."""
    if folder.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", folder):
        return False
    try:
        return source.near(f"{folder}/go.mod") is not None
    except LockfileError:
        return False


def add_standard_library(gathering: Gathering, found: Sequence[Directive]) -> None:
    """Add `stdlib` at the version of the `toolchain` line, else of the `go` line; where there is neither, say so."""
    said = {entry.verb: entry for entry in found if entry.verb in {"go", "toolchain"}}
    for verb in ("toolchain", "go"):
        entry = said.get(verb)
        version = semantic("".join(entry.words)) if entry else None
        if entry and version:
            gathering.add(Package(_GO, "stdlib", version, (), direct=True), entry.line)
            return
    place = next(iter(said.values()), None)
    gathering.skip(
        "stdlib", "the Go version is not said", "run `go mod edit -go=VERSION`", place.line if place else None
    )


def semantic(version: str) -> str | None:
    """Return a Go release as OSV writes it ("1.21" -> "1.21.0", "go1.22rc1" -> "1.22.0-rc.1"), None if it is none."""
    match = _GO_VERSION.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, kind, number = match.groups()
    return f"{major}.{minor}.{patch or 0}" + (f"-{kind}.{number}" if kind else "")


def _lists_everything(found: Sequence[Directive]) -> bool:
    """Return whether `go.mod` names the indirect modules too: from `go 1.17` on (no `go` line means 1.16)."""
    said = next((semantic("".join(entry.words)) for entry in found if entry.verb == "go"), None)
    return said is not None and tuple(map(int, said.split("-")[0].split(".")[:2])) >= (1, 17)


def _add_what_go_mod_leaves_out(
    gathering: Gathering, source: Source, found: Sequence[Directive], replaced: Replacements, required: dict[str, str]
) -> None:
    vendored = _beside(gathering, source, "vendor/modules.txt")
    if vendored is not None:
        for name, version in _vendored(vendored):
            if required.get(name) != version:
                add(gathering, source, replaced, Package(_GO, name, version, (), name in required), 1)
        return
    if _lists_everything(found):
        return
    sums = _beside(gathering, source, "go.sum")
    if sums is None:
        reason = "go.mod is older than Go 1.17 and leaves out what the modules need, and no go.sum says it"
        gathering.skip("indirect modules", reason, _TIDY)
        return
    targets = {new for new in replaced.values() if new[1]}
    summed = _SUM_LINE.findall(sums)
    broken = sum(1 for line in sums.split("\n") if line and not line.isspace()) - len(summed)
    if broken:
        gathering.unread.append(Unread(f"{broken} lines of go.sum cannot be read", None, _TIDY, broken))
    for name, version, only_selected in summed:
        if only_selected:  # a `/go.mod` line alone took part in the selection, and its contents were not downloaded
            continue
        if name not in required and (name, version) not in targets:
            add(gathering, source, replaced, Package(_GO, name, version, (), direct=False), 1)


def _beside(gathering: Gathering, source: Source, name: str) -> str | None:
    try:
        data = source.near(name)
        return decoded(data) if data is not None else None
    except LockfileError as error:
        gathering.skip(name, f"cannot be read: {error.detail}", _TIDY)
        return None


def _vendored(text: str) -> Iterator[tuple[str, str]]:
    """Yield the modules that `vendor/modules.txt` has packages of, before replacement."""
    module: tuple[str, str] | None = None
    for line in text.split("\n"):
        if line.startswith("# "):
            words = line.split()
            module = (words[1], words[2]) if len(words) > 2 and words[2] != "=>" else None
        elif module is not None and line and not line.startswith("##"):
            yield module
            module = None
