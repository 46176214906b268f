"""The shelf of a real agent: opened values, read through the same face as everything; writing is asking a custodian."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from wardline.vault.agent.holding import Holding
from wardline.vault.agent.shelf import (
    CasError,
    Change,
    Metadata,
    NotNowError,
    Reading,
    RefusedByDesignError,
    Rules,
    ShelfError,
    Version,
)
from wardline.vault.agent.upstream import Upstream
from wardline.vault.protocol import admitting, grants, puts, sealing
from wardline.vault.protocol.accepting import Accepted
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.model.statement import Delivered
from wardline.vault.remote import UnreachableError

_WRITE_SECONDS: Final = 15.0


class OpenedShelf:
    """What one agent may read. Each read of a version is a receipt; versions end at the target, not here."""

    def __init__(self, holding: Holding, upstream: Upstream, delivered: Callable[[Accepted, Delivered], None]) -> None:
        self._holding = holding
        self._upstream = upstream
        self._delivered = delivered

    def list(self, prefix: str) -> list[str]:
        """Return what stands directly below a folder, folders with a slash at their end, sorted."""
        below = (path[len(prefix) :] for path in self._holding.paths() if path.startswith(prefix) and path != prefix)
        return sorted({name[: name.find("/") + 1] or name for name in below})

    def read(self, path: str, number: int = 0) -> Reading | None:
        """Return the current version; of earlier ones an agent keeps nothing.

        Raises: `NotNowError` where its time has passed.
        """
        accepted = self._holding.read(path)
        if accepted is None or number not in {0, accepted.header.number}:
            return None
        self._delivered(accepted, "read")
        return Reading(_version(accepted), accepted.fields)

    def metadata(self, path: str) -> Metadata | None:
        """Return what is known about a secret: its current version."""
        accepted = self._holding.read(path)
        if accepted is None:
            return None
        made = accepted.header.issued.timestamp()
        return Metadata([_version(accepted)], accepted.header.number, made, made, self.rules())

    def write(self, path: str, fields: Mapping[str, Any], *, expected: int | None = None) -> Version:
        """Ask the zone's custodians to keep new fields, and return the version once it arrives.

        Raises: `ShelfError` where this workload may not write there; `CasError`; `NotNowError` where nobody answers.
        """
        held = self._holding.read(path)
        current = held.header.number if held is not None else 0
        if expected is not None and expected != current:
            raise CasError("check-and-set parameter did not match the current version")
        try:
            content = self._upstream.grant(path)
            if content is None:
                raise _NotGrantedError(f"no grant lets this workload write {path}")
            self._upstream.put(self._put(path, content, fields, current))
        except UnreachableError as error:
            raise NotNowError(f"{path} was not written: {error.detail}", hint=error.hint) from error
        except RefusedError as error:
            raise _NotGrantedError(f"{path} was not written ({error.code}): {error.detail}", hint=error.hint) from error
        with self._holding.changed:
            self._holding.changed.wait_for(lambda: self._number(path) > current, _WRITE_SECONDS)
        arrived = self._holding.read(path)
        if arrived is None or arrived.header.number <= current:
            raise NotNowError(
                f"{path}: the new version has not come back within {_WRITE_SECONDS:.0f} s",
                hint="a custodian applies it when it can; read it again before writing it again",
            )
        return _version(arrived)

    def mark(self, path: str, numbers: Sequence[int], change: Change) -> None:
        """Refuse. Raises: `RefusedByDesignError`."""
        del numbers
        raise RefusedByDesignError(f"{path}: {change} is not an agent's to do: versions are retired by rotation")

    def describe(self, path: str, changes: Mapping[str, Any]) -> None:
        """Refuse. Raises: `RefusedByDesignError`."""
        del changes
        raise RefusedByDesignError(f"{path}: what holds for a secret stands in its grant, which people approve")

    def forget(self, path: str) -> None:
        """Refuse. Raises: `RefusedByDesignError`."""
        raise RefusedByDesignError(f"{path}: a secret ends with its grant: people revoke it")

    def rules(self) -> Rules:
        """Return how a mount is kept: one version here."""
        return Rules(max_versions=1)

    def govern(self, changes: Mapping[str, Any]) -> None:
        """Refuse. Raises: `RefusedByDesignError`."""
        del changes
        raise RefusedByDesignError("what holds for a secret stands in its grant, which people approve")

    def _number(self, path: str) -> int:
        held = self._holding.read(path)
        return held.header.number if held is not None else 0

    def _put(self, path: str, content: bytes, fields: Mapping[str, Any], current: int) -> bytes:
        now, keys = self._holding.now(), self._holding.keys
        grant, custodians = admitting.custodians_for_put(content, self._holding.trusted, now)
        if grant.document.path != path:
            raise _NotGrantedError(f"the server gave a grant for another path than {path}")
        writer = grants.entitled(grant.document.writers, self._holding.identity, "writer")[0]
        header = puts.header(
            grant,
            writer=writer.name,
            epoch=self._holding.epoch,
            expected=current,
            nonce=os.urandom(16),
            now=now,
        )
        return sealing.seal_put(header, fields, custodians, keys.signer, os.urandom).written()


class _NotGrantedError(ShelfError):
    status = 403
    code = "not-granted"


def _version(accepted: Accepted) -> Version:
    return Version(accepted.header.number, accepted.header.issued.timestamp())
