"""Vault's ACL policies: what a text says, and whether a set of them lets an operation on a path through.

Deny by default. The most specific rule that fits a path decides alone; rules of several policies for the same path are
added together, and `deny` wins over all of them. `root` is never asked.

Source: Vault's documentation, "Policies" (policy syntax, priority matching, parameter constraints).
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from wardline.vault.agent.policies.hcl import Block, PolicySyntaxError, parsed

CAPABILITIES: Final = ("create", "read", "update", "patch", "delete", "list", "sudo", "deny", "subscribe", "recover")
_OLD: Final = {
    "deny": ("deny",),
    "read": ("read", "list"),
    "write": ("create", "read", "update", "patch", "delete", "list"),
    "sudo": ("create", "read", "update", "patch", "delete", "list", "sudo"),
}
_KEYS: Final = frozenset(
    {"capabilities", "policy", "allowed_parameters", "denied_parameters", "required_parameters", "comment"}
)
_UNENFORCED: Final = frozenset({"min_wrapping_ttl", "max_wrapping_ttl", "mfa_methods", "control_group", "expiration"})
_MAX_RULES: Final = 2000

Parameters = Mapping[str, Sequence[Any]]


class Rule(NamedTuple):
    """What one policy says about one path, or about several rules of one path added together."""

    path: str
    capabilities: frozenset[str]
    allowed: Parameters = MappingProxyType({})
    denied: Parameters = MappingProxyType({})
    required: frozenset[str] = frozenset()

    def and_also(self, other: "Rule") -> "Rule":
        """Return both rules of one path as one: capabilities are added, a parameter that either denies is denied.

        Parameters that one rule bounds and the other leaves free are free, as Vault has it.
        """
        return Rule(
            self.path,
            self.capabilities | other.capabilities,
            _added(self.allowed, other.allowed) if self.allowed and other.allowed else {},
            _added(self.denied, other.denied),
            self.required | other.required,
        )


def read(text: str) -> tuple[Rule, ...]:
    """Return the rules of a policy.

    Raises: `PolicySyntaxError` for what Vault refuses, and for constraints that are not enforced here.
    """
    blocks = parsed(text)
    if len(blocks) > _MAX_RULES:
        raise PolicySyntaxError(f"a policy has up to {_MAX_RULES} paths")
    rules = []
    for block in blocks:
        if block.word == "name":
            continue
        if block.word != "path":
            raise PolicySyntaxError(f'invalid key "{block.word}" on line {block.line}')
        rules.append(_rule(block))
    return tuple(rules)


def decide(rules: Iterable[Rule], path: str, *, listing: bool = False) -> Rule | None:
    """Return the rule that decides about a path, or None where none fits: then everything is denied."""
    exact: Rule | None = None
    best: Rule | None = None
    best_rank: tuple[Any, ...] = ()
    bare = path[:-1] if listing and path.endswith("/") else path
    for rule in rules:
        if not _wild(rule.path):
            if rule.path == path or (rule.path == bare and (exact is None or exact.path != path)):
                exact = rule.and_also(exact) if exact is not None and exact.path == rule.path else rule
            continue
        if not _fits(rule.path, path) and not (bare != path and _fits(rule.path, bare)):
            continue
        rank = _rank(rule.path)
        if best is None or rank > best_rank:
            best, best_rank = rule, rank
        elif rank == best_rank:
            best = best.and_also(rule)
    return exact if exact is not None else best


def permits(rule: Rule | None, operation: str, parameters: Mapping[str, Any] | None = None) -> bool:
    """Tell whether a rule lets an operation with these parameters (of a write) through."""
    if rule is None or "deny" in rule.capabilities or operation not in rule.capabilities:
        return False
    if parameters is None or operation not in {"create", "update", "patch"}:
        return True
    given = {name.lower(): value for name, value in parameters.items()}
    if not rule.required <= set(given):
        return False
    if rule.denied and ("*" in rule.denied and not rule.denied["*"] and given):
        return False
    for name, value in given.items():
        if name in rule.denied and (not rule.denied[name] or _among(value, rule.denied[name])):
            return False
        if rule.allowed:
            values = rule.allowed.get(name, rule.allowed.get("*"))
            if values is None or (values and not _among(value, values)):
                return False
    return True


def capabilities(rule: Rule | None) -> list[str]:
    """Return the capabilities as `sys/capabilities` lists them: sorted, `deny` alone."""
    if rule is None or "deny" in rule.capabilities or not rule.capabilities:
        return ["deny"]
    return sorted(rule.capabilities)


def _rule(block: Block) -> Rule:
    path = block.label.removeprefix("/")
    if "+*" in path:
        raise PolicySyntaxError(f"path \"{path}\": invalid use of wildcards ('+*' is forbidden)")
    for key in block.fields:
        if key in _UNENFORCED:
            raise PolicySyntaxError(f'path "{path}": "{key}" is not enforced here, and so not kept')
        if key not in _KEYS:
            raise PolicySyntaxError(f'path "{path}": invalid key "{key}" on line {block.line}')
    required = block.fields.get("required_parameters", [])
    if not isinstance(required, list):
        raise PolicySyntaxError(f'path "{path}": required_parameters is no list')
    return Rule(
        path,
        _capabilities(path, block),
        _parameters(path, block.fields.get("allowed_parameters", {})),
        _parameters(path, block.fields.get("denied_parameters", {})),
        frozenset(str(name).lower() for name in required),
    )


def _capabilities(path: str, block: Block) -> frozenset[str]:
    """Return what a rule lets through, in the new words and in the old ones; `deny` alone."""
    found: set[str] = set()
    said = block.fields.get("capabilities", [])
    for name in said if isinstance(said, list) else [said]:
        if name not in CAPABILITIES:
            raise PolicySyntaxError(f'path "{path}": invalid capability "{name}"')
        found.add(name)
    old = block.fields.get("policy")
    if old is not None:
        if old not in tuple(_OLD):
            raise PolicySyntaxError(f'path "{path}": invalid policy "{old}"')
        found.update(_OLD[old])
    return frozenset({"deny"} if "deny" in found else found)


def _parameters(path: str, said: Any) -> Parameters:
    if not isinstance(said, dict) or not all(isinstance(values, list) for values in said.values()):
        raise PolicySyntaxError(f'path "{path}": parameters are an object of lists')
    return {str(name).lower(): tuple(values) for name, values in said.items()}


def _added(one: Parameters, other: Parameters) -> Parameters:
    found = dict(one)
    for name, values in other.items():
        found[name] = () if name in found and not (found[name] and values) else (*found.get(name, ()), *values)
    return found


def _among(value: Any, values: Sequence[Any]) -> bool:
    return any(
        (isinstance(one, str) and isinstance(value, str) and "*" in one and fnmatchcase(value, one.replace("[", "[[]")))
        or one == value
        for one in values
    )


def _wild(path: str) -> bool:
    return path.endswith("*") or "+" in path.split("/")


def _fits(pattern: str, path: str) -> bool:
    whole = not pattern.endswith("*")
    wanted = pattern.removesuffix("*").split("/") if not whole else pattern.split("/")
    given = path.split("/")
    if len(given) < len(wanted) or (whole and len(given) != len(wanted)):
        return False
    last = len(wanted) - 1
    for at, segment in enumerate(wanted):
        if not whole and at == last:
            return given[at].startswith(segment)
        if segment not in {"+", given[at]} or (segment == "+" and not given[at]):
            return False
    return True


def _rank(pattern: str) -> tuple[Any, ...]:
    """Return what is compared where several patterns fit: the greater one decides (Vault, "Priority matching")."""
    segments = pattern.split("/")
    first = len(pattern)
    at = 0
    for segment in segments:
        if segment == "+":
            first = min(first, at)
        at += len(segment) + 1
    if pattern.endswith("*"):
        first = min(first, len(pattern) - 1)
    return (first, not pattern.endswith("*"), -segments.count("+"), len(pattern), pattern)
