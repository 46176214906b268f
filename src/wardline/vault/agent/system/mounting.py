"""Mounts and auth methods: enabled, disabled, tuned, moved, and looked up by clients before they ask."""

from collections.abc import Mapping
from typing import Any

from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    identifier,
    seconds_field,
    table_field,
    text_field,
    unsupported_operation,
)
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.mounts import Mount
from wardline.vault.agent.policies.rules import capabilities, decide

_KINDS = {"kv-v1": ("kv", "1"), "kv-v2": ("kv", "2"), "generic": ("kv", "1")}


def mount_path(area: str, name: str) -> str:
    """Return where a mount of this name stands."""
    bare = name.removesuffix("/tune").strip("/")
    return f"auth/{bare}/" if area == "auth" else f"{bare}/"


def mounts(estate: Estate, call: Call, name: str) -> Answer:
    """Answer `sys/mounts`."""
    return _mounting(estate, call, name, "mounts")


def methods(estate: Estate, call: Call, name: str) -> Answer:
    """Answer `sys/auth`."""
    return _mounting(estate, call, name, "auth")


def _mounting(estate: Estate, call: Call, name: str, area: str) -> Answer:
    name = name.strip("/")
    if not name:
        if call.operation != "read":
            raise unsupported_operation()
        shown = {mount.path.removeprefix("auth/"): mount.shown() for mount in estate.mounts.all(auth=area == "auth")}
        return Answer(data=shown, flat=True)
    path = mount_path(area, name)
    if name.endswith("/tune") and name != "tune":
        return _tune(estate, call, path)
    if call.operation == "read":
        found = estate.mounts.get(path)
        if found is None:
            word = "auth" if area == "auth" else "secret"
            raise RefusedError(400, f"No {word} engine at {path.removeprefix('auth/')}")
        return Answer(data=found.shown(), flat=True)
    if call.operation == "delete":
        return _disable(estate, path)
    if call.writes:
        return _enable(estate, call.body, path, area)
    raise unsupported_operation()


def _enable(estate: Estate, body: Mapping[str, Any], path: str, area: str) -> Answer:
    said = text_field(body, "type")
    if not said:
        raise RefusedError(400, "backend type must be specified as a string")
    options = {str(key): str(value) for key, value in (table_field(body, "options") or {}).items()}
    kind, version = _KINDS.get(said, (said, ""))
    if version and area == "mounts":
        options.setdefault("version", version)
    known = estate.methods if area == "auth" else estate.engines
    if kind not in known:
        raise RefusedError(400, f"plugin not found in the catalog: {said[:60]}")
    config = table_field(body, "config") or {}
    mount = Mount(
        path=path,
        kind=said if said == "generic" else kind,
        engine=known[kind](estate, options),
        description=text_field(body, "description"),
        options=options or ({} if area == "auth" else None),
        default_seconds=seconds_field(config, "default_lease_ttl"),
        max_seconds=seconds_field(config, "max_lease_ttl"),
        local=bool(body.get("local")),
    )
    estate.mounts.add(mount)
    return NOTHING


def _disable(estate: Estate, path: str) -> Answer:
    if path == "auth/token/":
        raise RefusedError(400, "token credential backend cannot be disabled")
    if path in {"sys/", "cubbyhole/", "identity/"}:
        raise RefusedError(400, f'cannot unmount "{path}"')
    if estate.mounts.remove(path) is not None and path.startswith("auth/"):
        estate.tokens.revoke_path(path)
    return NOTHING


def _tune(estate: Estate, call: Call, path: str) -> Answer:
    found = estate.mounts.get(path)
    if found is None:
        if call.operation == "read":
            raise RefusedError(400, f'cannot fetch sysview for path "{path.removeprefix("auth/")}"')
        raise RefusedError(400, f'tune of path "{path.removeprefix("auth/")}" failed: no mount entry found')
    if call.operation == "read":
        return Answer(data=found.tuning(), flat=True)
    if not call.writes:
        raise unsupported_operation()
    options = {str(key): str(value) for key, value in (table_field(call.body, "options") or {}).items()}
    engine = found.engine
    if options.get("version", "") not in {"", (found.options or {}).get("version", "1")}:
        raise RefusedError(400, "a mount keeps its version here: enable another one, and write into that")
    default = seconds_field(call.body, "default_lease_ttl", found.default_seconds)
    most = seconds_field(call.body, "max_lease_ttl", found.max_seconds)
    if most and default > most:
        raise RefusedError(400, "default_lease_ttl must be at most max_lease_ttl")
    estate.mounts.replace(
        found._replace(
            engine=engine,
            description=text_field(call.body, "description", found.description),
            options={**(found.options or {}), **options} or found.options,
            default_seconds=default,
            max_seconds=most,
            token_type=text_field(call.body, "token_type", found.token_type),
        )
    )
    return NOTHING


def remount(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer `sys/remount`: a mount is moved at once."""
    if rest.startswith("status/"):
        return Answer(data={"migration_id": rest[7:][:64], "migration_info": {"status": "success"}})
    if not call.writes:
        raise unsupported_operation()
    source, target = (text_field(call.body, name).strip("/") + "/" for name in ("from", "to"))
    if source == "/" or target == "/":
        raise RefusedError(400, "both 'from' and 'to' path must be specified as a string")
    if source in {"sys/", "cubbyhole/", "auth/token/"} or source.startswith("auth/") != target.startswith("auth/"):
        raise RefusedError(400, f'cannot remount "{source}"')
    estate.mounts.move(source, target)
    return Answer(data={"migration_id": identifier()}, flat=True)


def internal(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer `sys/internal/ui/…`: the Vault CLI asks here which version of KV a path has."""
    if call.operation != "read" or call.token is None:
        raise unsupported_operation()
    if rest == "ui/resultant-acl":
        rules = {rule.path: {"capabilities": capabilities(rule)} for rule in estate.policies.rules(call.token.policies)}
        exact = {path: rule for path, rule in rules.items() if "*" not in path and "+" not in path}
        return Answer(
            data={
                "root": call.token.root,
                "exact_paths": exact,
                "glob_paths": {path.removesuffix("*"): rule for path, rule in rules.items() if path not in exact},
            }
        )
    if rest == "ui/mounts":
        visible = [
            mount for auth in (False, True) for mount in estate.mounts.all(auth=auth) if _may_see(estate, call, mount)
        ]
        return Answer(
            data={
                "secret": {mount.path: mount.shown() for mount in visible if not mount.auth},
                "auth": {mount.path.removeprefix("auth/"): mount.shown() for mount in visible if mount.auth},
            }
        )
    path = rest.removeprefix("ui/mounts/")
    found = estate.mounts.serving(path) if path != rest else None
    if found is None or not _may_see(estate, call, found):
        raise RefusedError(
            403,
            "preflight capability check returned 403, please ensure client's policies grant access to path "
            f'"{path.rstrip("/")}/"',
        )
    return Answer(data={**found.shown(), "path": found.path})


def _may_see(estate: Estate, call: Call, mount: Mount) -> bool:
    """Tell whether a token may do anything at all below a mount: then it may know of it."""
    if call.token is None or call.token.root:
        return call.token is not None
    rules = estate.policies.rules(call.token.policies)
    if any(
        rule.path.startswith(mount.path) and rule.capabilities and "deny" not in rule.capabilities for rule in rules
    ):
        return True
    found = decide(rules, mount.path)
    return found is not None and bool(found.capabilities) and "deny" not in found.capabilities
