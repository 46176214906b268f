"""`sys/`: mounts, auth methods, policies, capabilities, leases and wrapping; what is refused by design says why.

Source: Vault's API documentation, "System backend"; checked against OpenBao 2.7.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from wardline.vault.agent.calls import NOTHING, Answer, Call, RefusedError, keys, text_field, unsupported_operation
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.policies.hcl import PolicySyntaxError
from wardline.vault.agent.system import capabilities, mounting, random_bytes, wrapping

_NO_KEYS: Final = (
    "no key of this vault opens every value, so there is none to split, rotate or regenerate: "
    "values are sealed to each workload's own key"
)
BY_DESIGN: Final[Mapping[str, str]] = {
    "generate-root": f"generate-root is refused by design: {_NO_KEYS}; approvers change the root document instead",
    "generate-recovery-token": f"refused by design: {_NO_KEYS}",
    "rekey": f"rekey is refused by design: {_NO_KEYS}",
    "rekey-recovery-key": f"rekey is refused by design: {_NO_KEYS}",
    "rotate": f"rotate is refused by design: {_NO_KEYS}",
    "key-status": f"key-status is refused by design: {_NO_KEYS}",
    "raw": "raw storage is refused by design: nobody reads past the policies",
    "storage": "storage is refused by design: there is none here to copy",
    "audit": "audit devices are not configured here: the server's ledger records every request before it is answered",
    "audit-hash": "unknown audit backend: the server's ledger records every request, and nothing of values",
    "namespaces": "namespaces are not supported here",
    "step-down": "an agent leads nobody",
    "replication": "an agent is not replicated",
    "pprof": "profiles would show what is in memory",
    "quotas": "quotas are not kept here",
}


class System:
    """Everything below `sys/` that needs a token."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._areas: Mapping[str, Callable[[Estate, Call, str], Answer]] = {
            "mounts": mounting.mounts,
            "auth": mounting.methods,
            "remount": mounting.remount,
            "internal": mounting.internal,
            "policies": _acl_policies,
            "policy": _old_policies,
            "capabilities": capabilities.of_token,
            "capabilities-self": capabilities.of_self,
            "capabilities-accessor": capabilities.of_accessor,
            "leases": _leases,
            "renew": _leases,
            "revoke": _leases,
            "wrapping": wrapping.answer,
            "tools": random_bytes.answer,
            "seal": self._seal,
        }

    def exists(self, path: str) -> bool:
        """Take every write as a change, but of mounts and policies that are not there yet."""
        area, _, name = path.partition("/")
        if area in {"mounts", "auth"}:
            return self._estate.mounts.get(mounting.mount_path(area, name)) is not None
        return area != "policies" or self._estate.policies.text(name.removeprefix("acl/")) is not None

    def open_to_all(self, call: Call) -> bool:
        """Answer without a token what shows a wrapping token in its body: that token is looked at instead."""
        return call.path in {"wrapping/unwrap", "wrapping/lookup"}

    def answer(self, call: Call) -> Answer:
        """Answer one call below `sys/`."""
        area, _, rest = call.path.partition("/")
        if area in BY_DESIGN:
            if area == "audit" and call.operation == "read" and not rest:
                return Answer(data={}, warnings=(BY_DESIGN[area],))
            if area == "audit" and call.operation == "delete":
                return NOTHING  # there is none to disable
            raise RefusedError(400, BY_DESIGN[area])
        found = self._areas.get(area)
        if found is None:
            raise RefusedError(404, "unsupported path")
        return found(self._estate, call, rest)

    def _seal(self, estate: Estate, call: Call, rest: str) -> Answer:
        if rest or not call.writes:
            raise unsupported_operation()
        estate.seal.close()
        return NOTHING


def _acl_policies(estate: Estate, call: Call, rest: str) -> Answer:
    kind, _, name = rest.partition("/")
    if kind != "acl":
        raise RefusedError(404, f"policies of the kind {kind[:20]!r} are not enforced here, and so not kept")
    return _policies(estate, call, name, "policy")


def _old_policies(estate: Estate, call: Call, name: str) -> Answer:
    return _policies(estate, call, name, "rules")


def _policies(estate: Estate, call: Call, name: str, word: str) -> Answer:
    old = word == "rules"
    if not name:
        if call.operation == "list" or (old and call.operation == "read"):
            names = estate.policies.names()
            return Answer(data={"keys": names, "policies": names}, flat=True) if old else keys(names)
        raise unsupported_operation()
    name = name.lower()
    if call.operation == "read":
        text = estate.policies.text(name)
        if text is None:
            raise RefusedError(404)
        return Answer(data={"name": name, word: text}, flat=old)
    if call.writes or call.operation == "delete":
        return _policy_changed(estate, call, name, old=old)
    raise unsupported_operation()


def _policy_changed(estate: Estate, call: Call, name: str, *, old: bool) -> Answer:
    text = text_field(call.body, "policy") or (text_field(call.body, "rules") if old else "")
    try:
        if call.operation == "delete":
            estate.policies.delete(name)
        elif not text.strip():
            raise RefusedError(400, "'policy' parameter not supplied or empty")
        else:
            estate.policies.put(name, text)
    except PolicySyntaxError as error:
        raise RefusedError(400, f"failed to parse policy: {error}") from error
    except ValueError as error:
        raise RefusedError(400, str(error)) from error
    except OverflowError:
        raise RefusedError(400, "there are too many policies: delete some") from None
    return NOTHING


def _leases(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer about leases: there are none here, for KV gives none and tokens are looked up at their own place."""
    del estate
    area = call.path.partition("/")[0]
    verb = rest.partition("/")[0] if area == "leases" else area
    if verb == "lookup":
        if call.operation == "list":
            raise RefusedError(404)
        raise RefusedError(400, "invalid lease")
    if verb == "renew":
        raise RefusedError(400, "lease not found")
    if verb in {"revoke", "revoke-prefix", "revoke-force"} and call.writes:
        return NOTHING
    raise unsupported_operation()


def unguarded(estate: Estate, method: str, path: str, body: Mapping[str, Any], version: str) -> Answer | None:
    """Return the answer to what needs no token at all, or None where it does: health, seal and init."""
    if path == "sys/health":
        if method not in {"GET", "HEAD"}:
            raise RefusedError(405)
        return _health(estate, body, version)
    if path == "sys/seal-status":
        if method not in {"GET", "HEAD"}:
            raise RefusedError(405)
        return Answer(data=estate.seal.status(version), bare=True)
    if path == "sys/leader":
        return Answer(
            data={
                "ha_enabled": False,
                "is_self": False,
                "leader_address": "",
                "leader_cluster_address": "",
                "performance_standby": False,
            },
            bare=True,
        )
    if path in {"sys/init", "sys/unseal"}:
        from wardline.vault.agent.system import starting

        return starting.answer(estate, method, path, body, version)
    return None


def _health(estate: Estate, query: Mapping[str, Any], version: str) -> Answer:
    """Return the health as load balancers ask for it: 200 active, 501 not initialised, 503 sealed.

    The codes 429, 472 and 473 are of standbys; an agent is none. A code may be asked for with `sealedcode` and its kin.
    """
    seal = estate.seal
    code = "activecode" if seal.answers else "sealedcode" if seal.initialised else "uninitcode"
    status = {"activecode": 200, "sealedcode": 503, "uninitcode": 501}[code]
    wished = str(query.get(code, ""))
    if wished:
        if not (wished.isascii() and wished.isdigit() and 100 < int(wished[:4]) < 600):
            raise RefusedError(400, f"{code} is no status")
        status = int(wished)
    shown = {
        "initialized": seal.initialised,
        "sealed": seal.sealed,
        "standby": False,
        "performance_standby": False,
        "replication_performance_mode": "disabled" if seal.answers else "unknown",
        "replication_dr_mode": "disabled" if seal.answers else "unknown",
        "server_time_utc": int(estate.clock()),
        "version": version,
        "enterprise": False,
        "echo_duration_ms": 0,
        "clock_skew_ms": 0,
    }
    if seal.answers:
        shown |= {"cluster_name": estate.name, "cluster_id": seal.cluster}
    return Answer(status=status, data=shown, bare=True)
