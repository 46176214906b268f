"""Bundler: `Gemfile.lock` and `gems.locked`, with the `Gemfile` or `gems.rb` beside it for groups.

A gem that is locked for several platforms is one package. Gems from a `PATH` are the project's own, and what they need
is direct, as is what `DEPENDENCIES` names; gems from git are reported at the version that the lockfile gives. Bundler
itself (`BUNDLED WITH`) counts where a gem asks for it.

Lockfiles have no groups. They are taken from the Gemfile only where it says them plainly (`group :test do`, `gem "x",
group: :test`); a gem that it names in any other way counts as production's. A gem for other platforms (`platforms`,
`install_if`) may be missing from the lockfile: it is not installed on those that are locked.

Source: Bundler's `lockfile_parser.rb` and its manual, "gemfile".
"""

import re
from collections.abc import Iterator
from typing import Final

from wardline.check.dependencies.gathering import Gathering, spread
from wardline.check.dependencies.model import Graph, Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded
from wardline.kernel.text import printable

ID = "gemfile-lock"
TITLE = "Gemfile.lock (Bundler)"
PATTERNS = ("Gemfile.lock", "gems.locked", "*.gemfile.lock")
ECOSYSTEMS = ("RubyGems",)
UPGRADE = "bundle update {name} --conservative"

_GEM: Final = "RubyGems"
_REMEDY: Final = "run `bundle lock`, and commit the lockfile"
_SOURCES: Final = frozenset({"GEM", "GIT", "PATH", "PLUGIN SOURCE"})
_SECTIONS: Final = _SOURCES | {"PLATFORMS", "DEPENDENCIES", "CHECKSUMS", "RUBY VERSION", "BUNDLED WITH"}
_SPEC: Final = re.compile(r" {4}(\S+) \(([^-)]+)(?:-([^)]*))?\)")  # a platform follows the first hyphen
_NEED: Final = re.compile(r" {6}(\S+?)!?(?: \(.*\))?")
_ASKED: Final = re.compile(r" {2}(\S+?)!?(?: \(.*\))?!?")

_GEM_CALL: Final = re.compile(r"""gem[ (]\s*(["'])([^"'#]+)\1(.*)""")
_GROUP_CALL: Final = re.compile(r"""group[ (]\s*((?:(?::\w+|["']\w+["'])\s*+,?\s*+)+)\)?\s*do""")
_GROUP_OPTION: Final = re.compile(r"""(?:\bgroups?:|:groups?\s*=>)\s*(\[[^\]]*\]|%i\[[^\]]*\]|:\w+|["']\w+["']|\S+)""")
_MAX_CHARS: Final = 10_000
_SYMBOLS: Final = re.compile(r"""\[?\s*((?:(?::\w+|"\w+"|'\w+'|:"\w+")\s*+,?\s*+)+)\]?""")
_WORDS: Final = re.compile(r"%[iw]\[([\w\s]+)\]")
_CONDITION: Final = re.compile(r"\b(?:platforms?|install_if)\b")
_OPENS: Final = re.compile(r"(?:if|unless|case|begin|while|until|for|def|class|module)\b.*|.*\bdo(?:\s*\|[^|]*\|)?")
_PRODUCTION: Final = frozenset({"default", "production"})
_EVERYWHERE: Final = ("",)


class Locked:
    """A lockfile's sections, as they are read."""

    def __init__(self) -> None:
        """Start before the first section."""
        self.gathering = Gathering()
        self.needs: list[tuple[int, str, int]] = []  # index (-1: one of the project's own), what it needs, the line
        self.asked: list[tuple[str, int]] = []
        self.index: dict[str, list[int]] = {}
        self.own: set[str] = set()
        self.sections: set[str] = set()
        self.bundler = ("", 1)


def read(source: Source) -> Lockfile:
    """Return the gems of a lockfile. Raises: `LockfileError`."""
    locked = _locked(decoded(source.data))
    gathering = locked.gathering
    if "DEPENDENCIES" not in locked.sections:
        raise LockfileError("no DEPENDENCIES: the lockfile is cut short, or is none", hint=_REMEDY)
    _add_bundler(locked)
    edges: list[list[int]] = [[] for _ in gathering.packages]
    asked = [*locked.asked, *((name, line) for number, name, line in locked.needs if number < 0)]
    groups, conditional = _gemfile(source)
    locked.own |= conditional
    roots: dict[int, set[str]] = {}
    for name, line in asked:
        for number in _find(locked, name, line):
            gathering.packages[number] = gathering.packages[number]._replace(direct=True)
            roots.setdefault(number, set()).update(groups.get(name, _EVERYWHERE))
    for number, name, line in locked.needs:
        if number >= 0:
            edges[number] += _find(locked, name, line)
    for number, reached in enumerate(spread(edges, roots)):
        if reached:
            gathering.packages[number] = gathering.packages[number]._replace(groups=reached)
    return gathering.lockfile(graph=lambda: Graph(list(roots), edges))


def _locked(content: str) -> Locked:
    if "\n<<<<<<< " in f"\n{content}":
        raise LockfileError("merge conflicts are not resolved", hint=_REMEDY)
    locked = Locked()
    section = ""
    specs = False
    current = -2
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        if not line.startswith(" "):
            section, specs, current = line.strip(), False, -2
            if section not in _SECTIONS:
                raise LockfileError(f"an unknown section: {printable(section, max_chars=60)}", line=number)
            locked.sections.add(section)
        elif section in _SOURCES:
            specs = specs or line == "  specs:"
            if specs and line.startswith("    "):
                current = _source_line(locked, section, current, line, number)
        else:
            _other_line(locked, section, line.rstrip(), number)
    return locked


def _other_line(locked: Locked, section: str, line: str, number: int) -> None:
    if section == "DEPENDENCIES":
        match = _ASKED.fullmatch(line)
        if match is None:
            raise LockfileError("a dependency that cannot be read", line=number)
        locked.asked.append((match[1], number))
    elif section == "BUNDLED WITH":
        locked.bundler = (line.strip(), number)


def _source_line(locked: Locked, section: str, current: int, line: str, number: int) -> int:
    """Take in one line below `specs:`; return the index of the gem that the next lines' needs belong to."""
    spec = _SPEC.fullmatch(line.rstrip())
    if spec is not None:
        name, version = spec[1], spec[2]
        if section == "PATH":
            locked.own.add(name)
            return -1
        index = locked.gathering.add(Package(_GEM, name, version, (), direct=False), number)
        known = locked.index.setdefault(name, [])
        if index not in known:
            known.append(index)
        return index
    need = _NEED.fullmatch(line.rstrip())
    if need is None or current == -2:
        raise LockfileError("a gem that cannot be read", line=number)
    locked.needs.append((current, need[1], number))
    return current


def _add_bundler(locked: Locked) -> None:
    version, line = locked.bundler
    wanted = any(name == "bundler" for _, name, _ in locked.needs) or any(name == "bundler" for name, _ in locked.asked)
    if not wanted or "bundler" in locked.index:
        return
    if version:
        locked.index["bundler"] = [locked.gathering.add(Package(_GEM, "bundler", version, (), direct=False), line)]
    else:
        locked.gathering.skip("bundler", "is needed, and no BUNDLED WITH says its version", "run `bundle lock`")
        locked.own.add("bundler")


def _find(locked: Locked, name: str, line: int) -> list[int]:
    found = locked.index.get(name)
    if found is None:
        if name not in locked.own:
            locked.own.add(name)  # said once
            locked.gathering.skip(name, "is needed and not in the lockfile", _REMEDY, line)
        return []
    return found


def _gemfile(source: Source) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Return the groups of each gem that the Gemfile names plainly, and the gems that only some platforms need.

    The group "" stands for production.
    """
    own_name = source.path.rpartition("/")[2]
    name = "gems.rb" if own_name == "gems.locked" else own_name.removesuffix(".lock")
    try:
        data = source.near(name)
        lines = list(_statements(decoded(data))) if data is not None else []
    except LockfileError:
        return {}, set()
    found: dict[str, set[str]] = {}
    conditional: set[str] = set()
    blocks: list[tuple[bool, tuple[str, ...]]] = []  # whether it is for some platforms, and its groups
    for line in lines:
        gem = _GEM_CALL.fullmatch(line)
        if gem is not None:
            said = _GROUP_OPTION.search(gem[3])
            groups = {name for _, block in blocks for name in block} | set(_names(said[1]) if said else ())
            found.setdefault(gem[2], set()).update(groups or _EVERYWHERE)
            if _CONDITION.search(gem[3]) or any(some for some, _ in blocks):
                conditional.add(gem[2])
        elif _OPENS.fullmatch(line):
            group = _GROUP_CALL.fullmatch(line)
            blocks.append((_CONDITION.match(line) is not None, _names(group[1]) if group else ()))
        elif re.fullmatch(r"end\b.*", line) and blocks:
            blocks.pop()
    if blocks:  # not understood
        return {}, set()
    return {
        gem: _EVERYWHERE if names & {"", *_PRODUCTION} else tuple(names) for gem, names in found.items()
    }, conditional


def _statements(content: str) -> Iterator[str]:
    """Yield a Gemfile's lines without comments, those that end in a comma joined with the next."""
    kept = ""
    for line in content.split("\n"):
        plain = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if not plain or len(plain) > _MAX_CHARS:  # a gem in such a line is production's
            continue
        kept = f"{kept} {plain}" if kept else plain
        if not plain.endswith(",") or len(kept) > _MAX_CHARS:
            yield kept
            kept = ""
    if kept:
        yield kept


def _names(text: str) -> tuple[str, ...]:
    """Return the names in `:test`, `"test"`, `[:a, :b]` or `%i[a b]`; production's where it is anything else."""
    plain = _SYMBOLS.fullmatch(text.strip()) or _WORDS.fullmatch(text.strip())
    return tuple(re.findall(r"\w+", plain[1])) if plain is not None else _EVERYWHERE
