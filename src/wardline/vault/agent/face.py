"""A request in, an answer out: who asks, whether they may, who answers, and how it is written. No sockets here."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote_to_bytes

from wardline.vault.agent import durations
from wardline.vault.agent.calls import Answer, Call, Operation, RefusedError, denied, identifier
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.mounts import Mount
from wardline.vault.agent.policies.rules import decide, permits
from wardline.vault.agent.shelf import ShelfError
from wardline.vault.agent.system import wrapping
from wardline.vault.agent.system.system import unguarded
from wardline.vault.agent.tokens import Token

_OPERATIONS: Final[Mapping[str, Operation]] = {
    "GET": "read",
    "HEAD": "read",
    "LIST": "list",
    "POST": "update",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_SUDO: Final = (
    "auth/token/accessors", "auth/token/create-orphan", "auth/token/revoke-orphan", "sys/audit", "sys/auth/",
    "sys/leases/lookup/", "sys/leases/revoke-force/", "sys/leases/revoke-prefix/", "sys/raw", "sys/remount",
    "sys/revoke-force/", "sys/revoke-prefix/", "sys/rotate", "sys/seal",
)  # fmt: skip


class Asked(NamedTuple):
    """One request as it came: the path below the host, headers in lower case."""

    method: str
    path: bytes
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    certificate: bytes = b""
    local: bool = False  # over the Unix socket, where the socket's permissions say who may ask


class Reply(NamedTuple):
    """One answer: a status and JSON, or nothing (204)."""

    status: int
    body: bytes


class Face:
    """The Vault-shaped API of one agent.

    `warnings` stand in every answer. `own` is the token that somebody at the Unix socket has who shows none.
    """

    def __init__(self, estate: Estate, version: str, warnings: tuple[str, ...] = (), own: Token | None = None) -> None:
        self._estate = estate
        self._version = version
        self._warnings = warnings
        self._own = own

    def answer(self, asked: Asked) -> Reply:
        """Answer one request; whatever is wrong with it is said in Vault's words."""
        try:
            return self._answered(asked)
        except RefusedError as error:
            if error.answer is not None:
                return self._written(error.answer)
            return self._refused(error.status, error.errors)
        except ShelfError as error:
            return self._refused(error.status, [error.detail, *([error.hint] if error.hint else [])])

    def _answered(self, asked: Asked) -> Reply:
        path = _path(asked)
        query = dict(parse_qsl(asked.query.decode("latin-1"), keep_blank_values=True))
        if asked.headers.get("x-vault-namespace", "").strip("/") not in {"", "root"}:
            raise RefusedError(400, "namespaces are not supported here: leave X-Vault-Namespace away")
        body = _body(asked)
        free = unguarded(self._estate, asked.method, path, {**query, **body}, self._version)
        if free is not None:
            return self._written(free)
        if not self._estate.seal.initialised:
            raise RefusedError(503, "Vault is not initialized")
        if self._estate.seal.sealed:
            raise RefusedError(503, "Vault is sealed")
        operation = _OPERATIONS.get(asked.method)
        if operation is None:
            raise RefusedError(405)
        if operation == "read" and query.get("list", "").lower() in {"true", "1"}:
            operation = "list"
        mount = self._estate.mounts.serving(path)
        now = self._estate.clock()
        token = self._token(asked, now)
        below = path[len(mount.path) :] if mount else path
        call = Call(
            operation, below, path, body, query, token, now, asked.headers.get("content-type", ""), asked.certificate
        )
        if mount is None:
            self._allowed(call, None)
            raise RefusedError(404, f'no handler for route "{path}". route entry not found.')
        if not mount.engine.open_to_all(call):
            call = self._allowed(call, mount)
        return self._asked(mount, call, asked.headers.get("x-vault-wrap-ttl", ""))

    def _token(self, asked: Asked, now: float) -> Token | None:
        shown = asked.headers.get("x-vault-token", "")
        if not shown:
            kind, _, value = asked.headers.get("authorization", "").partition(" ")
            shown = value.strip() if kind.lower() == "bearer" else ""
        if not shown:
            return self._own if asked.local else None
        if not shown.isprintable():
            raise RefusedError(400, "invalid header value: a token has printable characters")
        return self._estate.tokens.find(shown, now)

    def _allowed(self, call: Call, mount: Mount | None) -> Call:
        """Return the call as its caller may make it: `create` where nothing was there.

        Raises: `RefusedError` (403), saying nothing of why.
        """
        token = call.token
        if token is None:
            raise denied()
        if call.operation == "update" and mount is not None and not mount.engine.exists(call.path):
            call = call._replace(operation="create")
        if token.root:
            return call
        rule = decide(self._estate.policies.rules(token.policies), call.whole, listing=call.operation == "list")
        if not permits(rule, call.operation, call.body):
            raise denied()
        if any(call.whole == path or (path[-1] == "/" and call.whole.startswith(path)) for path in _SUDO) and (
            rule is None or "sudo" not in rule.capabilities
        ):
            raise denied()
        return call

    def _asked(self, mount: Mount, call: Call, wrap_ttl: str) -> Reply:
        """Ask the engine, count the use, and wrap the answer where that was asked for."""
        ttl = _wrap_seconds(wrap_ttl)
        if ttl and not self._estate.wraps:
            raise RefusedError(400, "response wrapping is refused here: what an agent serves never leaves this machine")
        try:
            if ttl and call.whole == "sys/wrapping/wrap" and call.writes:
                answer = Answer(data=dict(call.body))
            else:
                answer = mount.engine.answer(call)
            if ttl and (answer.data is not None or answer.auth is not None):
                given = answer.auth or {}
                said = self._written(answer._replace(status=200)).body.decode()
                answer = wrapping.wrapped(self._estate, said, ttl, call.whole, str(given.get("accessor", "")))
        finally:
            if call.token is not None:
                self._estate.tokens.use(call.token)
        if answer.data is not None and not answer.mount_type:
            answer = answer._replace(mount_type=mount.kind)
        return self._written(answer)

    def _written(self, answer: Answer) -> Reply:
        if answer.kept:
            return Reply(200, answer.kept)
        if answer.status == 204:
            return Reply(204, b"")
        warnings = [*answer.warnings, *self._warnings]
        if answer.bare:
            return Reply(answer.status, _json({**(answer.data or {}), **({"warnings": warnings} if warnings else {})}))
        return Reply(
            answer.status,
            _json(
                {
                    **(answer.data or {} if answer.flat else {}),
                    "request_id": identifier(),
                    "lease_id": answer.lease_id,
                    "renewable": answer.renewable,
                    "lease_duration": answer.lease_seconds,
                    "data": answer.data,
                    "wrap_info": answer.wrap,
                    "warnings": warnings or None,
                    "auth": answer.auth,
                    "mount_type": answer.mount_type,
                }
            ),
        )

    def _refused(self, status: int, errors: Any) -> Reply:
        return Reply(
            status, _json({"errors": list(errors), **({"warnings": self._warnings} if self._warnings else {})})
        )


def _path(asked: Asked) -> str:
    """Return the path below `/v1/` as text.

    Raises: `RefusedError` for what is not below it (404), or has parts that mean another place (400).
    """
    try:
        path = unquote_to_bytes(asked.path).decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError(400, "a path is UTF-8") from None
    if not path.startswith("/v1/"):
        raise RefusedError(404, "everything here is below /v1/")
    path = path.removeprefix("/v1/")
    if any(part in {".", ".."} for part in path.split("/")):
        raise RefusedError(400, "a path has no parts '.' or '..'")
    if not path.isprintable():
        raise RefusedError(400, "a path has printable characters")
    return path


def _body(asked: Asked) -> dict[str, Any]:
    if not asked.body.strip() or asked.method in {"GET", "HEAD", "LIST", "DELETE"}:
        return {}
    wrong = "failed to decode JSON input: "
    try:
        found = json.loads(asked.body.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise RefusedError(400, wrong + "nested too deeply") from None
    except ValueError as error:
        detail = error.msg if isinstance(error, json.JSONDecodeError) else "not UTF-8, or a number without bounds"
        raise RefusedError(400, wrong + detail) from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RefusedError(400, wrong + "an object is expected")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can say and UTF-8 cannot
        return json.dumps(value, separators=(",", ":")).encode() + b"\n"
    except RecursionError:
        raise RefusedError(400, "nested too deeply") from None


def _wrap_seconds(said: str) -> int:
    try:
        found = int(durations.seconds(said))
    except ValueError as error:
        raise RefusedError(400, f"X-Vault-Wrap-TTL: {error}") from error
    if found < 0:
        raise RefusedError(400, "requested wrap ttl cannot be negative")
    return found
