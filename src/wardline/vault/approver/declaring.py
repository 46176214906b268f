"""Grants as a file says them (`grants.yaml`): who reads which secrets, by path or by prefix.

    grants:
      - path: db/orders
        readers:
          - name: workload:orders
            issuer: https://kubernetes.example
            claims: {sub: "system:serviceaccount:shop:orders"}
            instances: 2
      - prefix: shared/
        readers: [{name: workload:orders}, {name: workload:billing}]

A secret that at least one entry names has exactly the readers of all entries that name it; any other is left alone. A
reader without an issuer was joined by hand. The file decides nothing: it becomes proposals that people sign.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from wardline.catalog.sources import documents
from wardline.catalog.sources.documents import Reading, Value
from wardline.kernel.errors import AskedWronglyError
from wardline.vault.approver import drafting
from wardline.vault.protocol.envelope import Read
from wardline.vault.protocol.model.grant import Grant, Subject

_MAX_READERS = 1000


class Entry(NamedTuple):
    """One entry: a path, or a prefix of paths, and who reads what it names."""

    path: str
    prefix: str
    readers: tuple[Subject, ...]
    line: int

    def names(self, path: str) -> bool:
        """Return whether this entry is about a secret: a prefix ends at a `/` of its path."""
        if self.path:
            return path == self.path
        return path.startswith(self.prefix if self.prefix.endswith("/") else f"{self.prefix}/")


def read(content: bytes, place: str) -> tuple[Entry, ...]:
    """Return the entries of a file. Raises: `AskedWronglyError`, naming the line."""
    reading, found = Reading(place), documents.read(content, place)
    if len(found) != 1:
        raise reading.wrong(1, "one document is wanted", "grants: …")
    listed = reading.mapping(found[0], ("grants",)).get("grants")
    if listed is None or not isinstance(listed.content, list) or not listed.content:
        raise reading.wrong(found[0].line, "no grants", "grants: a list of entries")
    return tuple(_entry(reading, one) for one in listed.content)


def wanted(entries: Sequence[Entry], path: str) -> tuple[Subject, ...] | None:
    """Return a secret's readers as the entries say them, None where none names it.

    Raises: `AskedWronglyError` where two entries mean different workloads by one name.
    """
    named = [one for one in entries if one.names(path)]
    readers: dict[str, Subject] = {}
    for entry in named:
        for reader in entry.readers:
            if readers.setdefault(reader.name, reader) != reader:
                raise AskedWronglyError(
                    f"{path}: two entries say differently who {reader.name} is", hint="say it in the same words"
                )
    return tuple(readers[name] for name in sorted(readers)) if named else None


def changed(before: Read[Grant], readers: tuple[Subject, ...]) -> bool:
    """Return whether a secret's newest grant has other readers than these."""
    return tuple(replace(one, given=1) for one in before.document.readers) != readers


def _entry(reading: Reading, value: Value) -> Entry:
    said = reading.mapping(value, ("path", "prefix", "readers"))
    path, prefix = reading.text(said.get("path"), 200), reading.text(said.get("prefix"), 200)
    if bool(path) == bool(prefix):
        raise reading.wrong(value.line, "an entry names a path or a prefix", "path: db/orders, or prefix: db/")
    listed = said.get("readers")
    if listed is None or not isinstance(listed.content, list) or len(listed.content) > _MAX_READERS:
        raise reading.wrong(value.line, "an entry has a list of readers", "readers: [] for nobody")
    return Entry(path or "", prefix or "", tuple(_reader(reading, one) for one in listed.content), value.line)


def _reader(reading: Reading, value: Value) -> Subject:
    said = reading.mapping(value, ("name", "issuer", "claims", "instances"))
    name, issuer = reading.text(said.get("name"), 100), reading.text(said.get("issuer"), 500)
    claims = reading.mapping(said["claims"]) if "claims" in said else {}
    instances = reading.text(said.get("instances"), 6) or "1"
    if not name or not instances.isascii() or not instances.isdecimal() or not int(instances):
        raise reading.wrong(value.line, "a reader has a name and a number of instances", "name: workload:orders")
    pairs = [f"{key}={reading.text(one, 500) or ''}" for key, one in claims.items()]
    return drafting.subject(name, issuer or "", pairs, int(instances))
