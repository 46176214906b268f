"""Which engine and which auth method stands at which path, and how each is tuned."""

import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from wardline.vault.agent.calls import RefusedError, identifier
from wardline.vault.agent.engines.engine import Engine
from wardline.vault.agent.tokens import MOST_SECONDS

_MOST: Final = 1000
_PROTECTED: Final = ("auth/", "sys/", "identity/", "cubbyhole/", "audit/")


class Mount(NamedTuple):
    """One engine at its path (with a slash at its end; auth methods stand below `auth/`)."""

    path: str
    kind: str
    engine: Engine
    description: str = ""
    options: Mapping[str, str] | None = None
    default_seconds: int = 0
    max_seconds: int = 0
    token_type: str = ""
    accessor: str = ""
    uuid: str = ""
    local: bool = False

    @property
    def auth(self) -> bool:
        """Tell whether it is an auth method."""
        return self.path.startswith("auth/")

    def shown(self) -> dict[str, Any]:
        """Return it as `sys/mounts` and `sys/auth` list it."""
        config: dict[str, Any] = {
            "default_lease_ttl": self.default_seconds,
            "force_no_cache": False,
            "max_lease_ttl": self.max_seconds,
        }
        if self.auth:
            config["token_type"] = self.token_type or "default-service"
        return {
            "accessor": self.accessor,
            "config": config,
            "deprecation_status": "supported",
            "description": self.description,
            "external_entropy_access": False,
            "local": self.local,
            "options": self.options,
            "plugin_version": "",
            "running_plugin_version": "",
            "running_sha256": "",
            "seal_wrap": False,
            "type": self.kind,
            "uuid": self.uuid,
        }

    def tuning(self) -> dict[str, Any]:
        """Return it as its `tune` path shows it: what is not said is the agent's own."""
        shown: dict[str, Any] = {
            "default_lease_ttl": self.default_seconds or MOST_SECONDS,
            "description": self.description,
            "force_no_cache": False,
            "max_lease_ttl": self.max_seconds or MOST_SECONDS,
        }
        if self.options:
            shown["options"] = self.options
        if self.auth:
            shown["token_type"] = self.token_type or "default-service"
        return shown


class Mounts:
    """Every mount of one agent, by path."""

    def __init__(self) -> None:
        self._by_path: dict[str, Mount] = {}

    def add(self, mount: Mount, *, own: bool = False) -> None:
        """Put an engine at its path; `own` ones are the agent's, and may stand where nobody else's may.

        Raises: `RefusedError` (400) where the path is taken, lies in another's or is the agent's own.
        """
        if not own:
            if not mount.auth and mount.path.startswith(_PROTECTED):
                raise RefusedError(400, f'cannot mount "{mount.path}"')
            for path in self._by_path:
                if path.startswith(mount.path) or mount.path.startswith(path):
                    raise RefusedError(400, f"path is already in use at {path.removeprefix('auth/')}")
            if len(self._by_path) >= _MOST:
                raise RefusedError(400, f"up to {_MOST} mounts stand here")
        accessor = f"{'auth_' if mount.auth else ''}{mount.kind}_{secrets.token_hex(4)}"
        self._by_path[mount.path] = mount._replace(accessor=accessor, uuid=identifier())

    def get(self, path: str) -> Mount | None:
        """Return the mount at exactly this path."""
        return self._by_path.get(path)

    def serving(self, path: str) -> Mount | None:
        """Return the mount that a request's path lies in (with or without the slash at the mount's end)."""
        segments = path.split("/")
        for count in range(min(len(segments), 12), 0, -1):
            found = self._by_path.get("/".join(segments[:count]) + "/")
            if found is not None:
                return found
        return None

    def replace(self, mount: Mount) -> None:
        """Put a changed mount in the place of the one at its path."""
        self._by_path[mount.path] = mount

    def remove(self, path: str) -> Mount | None:
        """Take a mount away and return it; None where there is none."""
        return self._by_path.pop(path, None)

    def move(self, source: str, target: str) -> None:
        """Put a mount at another path.

        Raises: `RefusedError` (400) where there is none, or the other path is taken.
        """
        mount = self._by_path.pop(source, None)
        if mount is None:
            raise RefusedError(400, f'no matching mount at "{source}"')
        try:
            self.add(mount._replace(path=target))
        except RefusedError:
            self._by_path[source] = mount
            raise
        self._by_path[target] = mount._replace(path=target)

    def all(self, *, auth: bool) -> list[Mount]:
        """Return the auth methods, or the secrets engines, sorted by path."""
        return sorted((mount for mount in self._by_path.values() if mount.auth is auth), key=lambda mount: mount.path)
