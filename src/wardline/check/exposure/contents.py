"""What stands in a file, whatever it is wrapped in: its text, what is encoded in it, an archive's members."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from wardline.check.exposure import archives, decoding, views
from wardline.check.exposure.decoding import Decoded, Decoder
from wardline.check.exposure.engine import MAX_HITS, Engine, default
from wardline.check.exposure.model import Hit
from wardline.check.exposure.team import Team

MAX_BYTES: Final = 64 * 1024 * 1024
_MORE: Final = f"more than {MAX_HITS:,} matches are in it, and not all of them are listed"
_TOO_MUCH_ENCODED: Final = "more is encoded in it than is decoded"
_MAX_REASONS: Final = 10


class Search(NamedTuple):
    """What was found, and why something in the file was not looked at or not said (empty: all was)."""

    hits: list[Hit]
    unread: tuple[str, ...] = ()


def search(content: bytes, path: str, engine: Engine | None = None) -> Search:
    """Return what stands in the bytes of a file, archives opened. Never raises for what a stranger wrote."""
    engine = engine or default()
    found = _archive(content, path, engine, 1) if archives.archive(content) else search_text(content, path, engine)
    return found if engine.team is None else _with_team(found, path, engine.team)


def _with_team(found: Search, path: str, team: Team) -> Search:
    """Return also what a team's rules say of the file itself, and what they did not look at."""
    itself = [
        Hit(rule=rule, offset=0, line=1, column=1, confidence=rule.confidence, value=b"", elided=b"")
        for rule in team.about(path)
    ]
    return Search([*itself, *found.hits], (*found.unread, *team.unread()[:_MAX_REASONS]))


def search_text(content: bytes, path: str, engine: Engine | None = None) -> Search:
    """Return what stands in the bytes of a file, taken for text or for a program whatever they begin with."""
    engine = engine or default()
    plain = views.text(content, path)
    binary = views.binary(plain)
    hits, more, encoded = engine.search(plain, path, binary=binary)
    unread = [_MORE] if more else []
    if encoded and not binary:
        inner, complete = _encoded(plain, path, engine, encoded, ())
        hits = _merged(hits, inner)
        unread += [] if complete else [_TOO_MUCH_ENCODED]
    return Search(hits, tuple(unread))


def _archive(content: bytes, path: str, engine: Engine, depth: int) -> Search:
    hits: list[Hit] = []
    unread: dict[str, None] = {}
    for name, member in archives.members(content):
        if isinstance(member, archives.UnreadArchiveError):
            unread[str(member)] = None
            continue
        if not archives.archive(member):
            found = search_text(member, name or path, engine)
        elif depth < archives.MAX_DEPTH:
            found = _archive(member, name or path, engine, depth + 1)
        else:
            unread[f"archives in archives are opened to a depth of {archives.MAX_DEPTH}"] = None
            continue
        hits += [replace(hit, member=f"{name}!{hit.member}" if hit.member else name) for hit in found.hits]
        unread.update(dict.fromkeys(found.unread))
        if len(hits) > MAX_HITS:
            unread[_MORE] = None
            break
    return Search(hits[:MAX_HITS], tuple(unread)[:_MAX_REASONS])


def _encoded(
    content: bytes, path: str, engine: Engine, encoded: Iterable[Decoder], via: tuple[str, ...]
) -> tuple[list[Hit], bool]:
    """Return what is found in what is encoded in a text, at its places in the text; and whether all was decoded."""
    found: list[Hit] = []
    whole = True
    for decoder in encoded:
        layer = decoding.decoded(decoder, engine.pattern(decoder.expression), content)
        whole = whole and layer.complete
        if not layer.content:
            continue
        through = (*via, decoder.name)
        hits, more, inside = engine.search(layer.content, path)
        if inside and len(through) < decoding.MAX_DEPTH:
            inside = [one for one in inside if not (decoder.lines and one is decoder)]
            inner, complete = _encoded(layer.content, path, engine, inside, through)
            hits = _merged(hits, inner)
            whole = whole and complete
        whole = whole and not more
        found += [_placed(hit, layer, content, through) for hit in hits]
    return found, whole


def _placed(hit: Hit, layer: Decoded, content: bytes, via: tuple[str, ...]) -> Hit:
    """Return the hit at the place where its piece was written."""
    origin = layer.origins[max(bisect_right(layer.starts, hit.offset) - 1, 0)]
    return replace(
        hit,
        offset=origin,
        line=content.count(b"\n", 0, origin) + 1,
        column=origin - content.rfind(b"\n", 0, origin),
        via=hit.via or via,
    )


def _merged(plain: list[Hit], decoded: list[Hit]) -> list[Hit]:
    """Return both without what is seen twice: a value that is there as it is, or one that only looked like a password.

    A certain match inside what a model took for a password says more than the model does, and stands instead of it.
    """
    seen = {(hit.rule.id, hit.line) for hit in plain}
    new = [hit for hit in decoded if (hit.rule.id, hit.line) not in seen]
    certain = [hit for hit in new if not hit.rule.model]
    covered = [
        hit
        for hit in plain
        if hit.rule.model
        and any(
            hit.offset <= other.offset <= hit.offset + len(hit.value) for other in certain if other.line == hit.line
        )
    ]
    kept = [hit for hit in plain if not any(hit is other for other in covered)]
    return sorted([*kept, *new], key=lambda hit: (hit.line, hit.column))
