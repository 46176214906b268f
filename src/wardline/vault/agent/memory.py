"""A shelf in memory, for `agent --dev`: it ends with the process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wardline.vault.agent.shelf import CasError, Change, Metadata, Reading, Rules, ShelfError, Version

_DEFAULT_VERSIONS: Final = 10
_MOST_VERSIONS: Final = 10_000
_MOST_SECRETS: Final = 100_000


@dataclass(slots=True)
class _Secret:
    created: float
    updated: float
    rules: Rules = field(default_factory=Rules)
    custom: dict[str, str] | None = None
    current: int = 0
    versions: dict[int, Version] = field(default_factory=dict)
    values: dict[int, dict[str, Any]] = field(default_factory=dict)


class MemoryShelf:
    """Versioned values, kept as Vault's KV version 2 keeps them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._secrets: dict[str, _Secret] = {}
        self._rules = Rules()

    def list(self, prefix: str) -> list[str]:
        """Return what stands directly below a folder, folders with a slash at their end, sorted."""
        below = (path[len(prefix) :] for path in self._secrets if path.startswith(prefix) and path != prefix)
        return sorted({name[: name.find("/") + 1] or name for name in below})

    def read(self, path: str, number: int = 0) -> Reading | None:
        """Return one version (0: the current one), or None where there is none."""
        secret = self._secrets.get(path)
        version = secret.versions.get(number or secret.current) if secret is not None else None
        if secret is None or version is None:
            return None
        shown = version._replace(custom=secret.custom)
        return Reading(shown, secret.values.get(version.number) if version.readable(self._clock()) else None)

    def metadata(self, path: str) -> Metadata | None:
        """Return what is known about a secret, or None where there is none."""
        secret = self._secrets.get(path)
        if secret is None:
            return None
        versions = [secret.versions[number] for number in sorted(secret.versions)]
        return Metadata(versions, secret.current, secret.created, secret.updated, secret.rules, secret.custom)

    def write(self, path: str, fields: Mapping[str, Any], *, expected: int | None = None) -> Version:
        """Keep a new version and return it.

        Raises: `CasError` where the one that stands is not `expected`, or nothing was expected and has to be.
        """
        now = self._clock()
        secret = self._secrets.get(path)
        required = self._rules.cas_required or (secret is not None and secret.rules.cas_required)
        if expected is None and required:
            raise CasError("check-and-set parameter required for this call")
        if expected is not None and expected != (secret.current if secret else 0):
            raise CasError("check-and-set parameter did not match the current version")
        if secret is None:
            secret = self._added(path, now)
        after = _after(secret.rules.delete_after_seconds, self._rules.delete_after_seconds)
        number = secret.current + 1
        made = Version(number, now, now + after if after > 0 else 0.0)
        secret.versions[number] = made
        secret.values[number] = dict(fields)
        secret.current, secret.updated = number, now
        self._prune(secret)
        return made._replace(custom=secret.custom)

    def mark(self, path: str, numbers: Sequence[int], change: Change) -> None:
        """Delete, bring back or destroy versions; numbers that are not there are passed over."""
        secret = self._secrets.get(path)
        if secret is None:
            return
        now = self._clock()
        for number in numbers:
            version = secret.versions.get(number)
            if version is None or version.destroyed:
                continue
            if change == "destroy":
                secret.versions[number] = version._replace(destroyed=True)
                secret.values.pop(number, None)
            elif change == "undelete":
                secret.versions[number] = version._replace(deleted=0.0)
            elif version.readable(now):
                secret.versions[number] = version._replace(deleted=now)

    def describe(self, path: str, changes: Mapping[str, Any]) -> None:
        """Change a secret's rules and its custom metadata; makes it where it is not."""
        now = self._clock()
        secret = self._secrets.get(path)
        if secret is None:
            secret = self._added(path, now)
        secret.rules = secret.rules._replace(**{name: changes[name] for name in Rules._fields if name in changes})
        if "custom" in changes:
            secret.custom = dict(changes["custom"]) or None
        secret.updated = now

    def forget(self, path: str) -> None:
        """Drop a secret with all its versions."""
        self._secrets.pop(path, None)

    def rules(self) -> Rules:
        """Return the rules of the whole shelf."""
        return self._rules

    def govern(self, changes: Mapping[str, Any]) -> None:
        """Change the rules of the whole shelf."""
        self._rules = self._rules._replace(**changes)

    def _added(self, path: str, now: float) -> _Secret:
        if len(self._secrets) >= _MOST_SECRETS:
            raise ShelfError(f"up to {_MOST_SECRETS} secrets are kept here")
        self._secrets[path] = secret = _Secret(now, now)
        return secret

    def _prune(self, secret: _Secret) -> None:
        kept = min(secret.rules.max_versions or self._rules.max_versions or _DEFAULT_VERSIONS, _MOST_VERSIONS)
        for number in sorted(secret.versions)[:-kept]:
            del secret.versions[number]
            secret.values.pop(number, None)


def _after(secret_seconds: float, shelf_seconds: float) -> float:
    """Return after how long a version is deleted, 0 for never: the shorter one counts, below 0 forbids it."""
    if secret_seconds < 0 or shelf_seconds < 0:
        return 0.0
    return min(secret_seconds, shelf_seconds) or max(secret_seconds, shelf_seconds)
