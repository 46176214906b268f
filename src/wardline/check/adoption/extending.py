"""YAML files extended as text: comments, order and spelling stay, and the result is proven before it is used."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

_MAX_DEPTH: Final = 100
_BLANKS: Final = " \t\r\n"


class _Sequence(NamedTuple):
    column: int  # of the dashes
    line: int  # the first line after its last item


def appended(data: bytes, key: str, item: str) -> bytes | None:
    """Return a YAML file with `item` (text of one or more block sequence items) at the end of the top-level list `key`.

    None where that cannot be done as text: no such list, one written in brackets, more than one document, no YAML. The
    answer parses to exactly the events of the file with those of the item put in between.
    """
    text = _decoded(data)
    before = _events(text)
    if before is None:
        return None
    place = _block_sequence(before, key)
    if place is None:
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines[-1].strip(_BLANKS) == lines[-1]:
        lines[-1] += newline
    added = [(" " * place.column + line if line else "") + newline for line in item.splitlines()]
    extended = "".join((*lines[: place.line], *added, *lines[place.line :]))
    after = _events(extended)
    if after is None or not _put_between(before, _events(item), after):
        return None
    return (b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b"") + extended.encode()


def scalars(data: bytes) -> frozenset[str]:
    """Return all keys and values of a YAML file as text; none where it is no YAML."""
    events = _events(_decoded(data)) or []
    return frozenset(event.value for event in events if hasattr(event, "value"))


def has_key(data: bytes, key: str) -> bool:
    """Return whether a YAML file's top level has this key."""
    return any(name == key for name, _ in _top_level(_events(_decoded(data)) or []))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\0"  # not allowed in YAML, so it reads as no YAML


def _events(text: str) -> list[Any] | None:
    import yaml

    events: list[Any] = []
    depth = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            events.append(event)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:  # time grows with the square of the depth
                return None
    except yaml.YAMLError:
        return None
    documents = sum(isinstance(event, yaml.DocumentStartEvent) for event in events)
    return events if documents == 1 else None


def _top_level(events: list[Any]) -> Iterator[tuple[str, int]]:
    """Yield each key of the mapping at the top, with the index of the event that starts its value."""
    import yaml

    depth = 0
    key: str | None = None
    for index, event in enumerate(events):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth == 1 and isinstance(event, yaml.NodeEvent):
            if key is None:
                key = getattr(event, "value", "")
            else:
                yield key, index
                key = None
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth == 1 and not isinstance(event, yaml.MappingStartEvent):
                return


def _block_sequence(events: list[Any], key: str) -> _Sequence | None:
    import yaml

    found = [index for name, index in _top_level(events) if name == key]
    if len(found) != 1:
        return None
    start: Any = events[found[0]]
    if not isinstance(start, yaml.SequenceStartEvent) or start.flow_style:
        return None
    depth = 0
    last: Any = start.end_mark
    for event in events[found[0] :]:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth == 0:
            break
        # The end of a block collection is reported where the next token stands: the ends of what is in it are true.
        if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) or event.start_mark.index != event.end_mark.index:
            last = max(last, event.end_mark, key=lambda mark: (mark.line, mark.column))
    begin: Any = start.start_mark
    return _Sequence(begin.column, last.line + (last.column > 0))


def _put_between(before: list[Any], item: list[Any] | None, after: list[Any]) -> bool:
    """Return whether `after` is `before` with the events of `item`'s entries put in at one place."""
    if item is None:
        return False
    # Around the entries stand: stream, document and sequence start, and the same three ends.
    old, new, added = _plain(before), _plain(after), _plain(item[3:-3])
    at = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(old))
    return any(
        new[:start] == old[:start]
        and new[start : start + len(added)] == added
        and new[start + len(added) :] == old[start:]
        for start in range(max(0, at - len(added)), at + 1)
    )


def _plain(events: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (
            type(event).__name__,
            getattr(event, "anchor", None),
            getattr(event, "tag", None),
            getattr(event, "value", None),
        )
        for event in events
    ]
