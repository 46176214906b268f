"""A policy as the file that says it: every value, so that nobody has to guess what may be written. Pure.

Source: TOML 1.0; its basic strings, numbers, booleans and arrays of them are written as JSON's are.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from wardline.findings.policy import Policy, plain


def written(policy: Policy) -> str:
    """Return the TOML document that reads as exactly this policy."""
    return "\n".join(_tables("", plain(policy))).strip() + "\n"


def _tables(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    own = {key: value for key, value in values.items() if not _nested(value)}
    if name and own:
        yield f"\n[{name}]"
    for key, value in own.items():
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in values.items():
        below = f"{name}.{key}" if name else key
        if isinstance(value, Mapping):
            yield from _tables(below, value)
        elif _nested(value):
            for one in value:
                yield f"\n[[{below}]]"
                yield from (f"{inner} = {json.dumps(part, ensure_ascii=False)}" for inner, part in one.items())


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(one, Mapping) for one in value))
