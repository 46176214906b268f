"""Examples of credentials, made when they are needed: none stands in the tree.

A value is generated from a rule's expression with a seeded generator, and completed by the rule's validators (check
digits, signatures, structure).
"""

import re
from collections.abc import Iterator
from importlib import import_module
from random import Random
from typing import Any, Final

from wardline.check.exposure.catalogue import Provider
from wardline.check.exposure.model import Rule

_MARK: Final = "<secret>"
_MAX_REPEATS: Final = 24  # of an open repeat, beyond its least


def seeded(seed: str) -> Random:
    """Return a generator that gives the same examples for the same seed."""
    return Random(seed)  # noqa: S311 - examples are to be the same each time; nobody is to believe in them


def generated(expression: str, random: Random) -> str:
    """Return a text that the expression matches as a whole: literals, sets, groups, alternatives, repeats.

    Raises: `ValueError` for what has no obvious example (look-around, back references).
    """
    from re import _parser

    return _made(_parser.parse(expression), random)


def example(rule: Rule, context: str, expression: str, random: Random) -> tuple[str, str]:
    """Return a text in which the rule has to fire, and the value in it."""
    value = generated(expression, random).encode()
    for name in filter(None, (*rule.validators, rule.checksum)):
        value = import_module(f"wardline.check.exposure.validators.{name}").complete(value)
    return context.replace(_MARK, value.decode()), value.decode()


def firing(provider: Provider, seed: str) -> Iterator[tuple[Rule, str, str]]:
    """Yield each rule of a provider with a text in which it fires, and the value in it."""
    random = seeded(f"{provider.name} {seed}")
    for rule, declared in zip(provider.rules, provider.declared, strict=True):
        for context, expression in declared["fires"]:
            yield rule, *example(rule, context, expression, random)


def quiet(provider: Provider, seed: str) -> Iterator[tuple[Rule, str]]:
    """Yield each rule of a provider with a text in which it must not fire."""
    random = seeded(f"{provider.name} {seed}")
    for rule, declared in zip(provider.rules, provider.declared, strict=True):
        for one in declared["quiet"]:
            if isinstance(one, str):
                yield rule, one
            else:
                context, expression = one
                yield rule, context.replace(_MARK, generated(expression, random))


def _made(tokens: Any, random: Random) -> str:
    return "".join(_one(str(kind), value, random) for kind, value in tokens)


def _one(kind: str, value: Any, random: Random) -> str:
    if kind == "LITERAL":
        return chr(value)
    if kind == "IN":
        return chr(random.choice(_set(value)))
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, tokens = value
        return "".join(_made(tokens, random) for _ in range(random.randint(least, min(most, least + _MAX_REPEATS))))
    if kind == "SUBPATTERN":
        return _made(value[3], random)
    if kind == "BRANCH":
        return _made(random.choice(value[1]), random)
    if kind == "AT":
        return ""
    detail = f"no example of {kind}"
    raise ValueError(detail)


def _set(members: Any) -> list[int]:
    codes: set[int] = set()
    for kind, value in members:
        if str(kind) == "LITERAL":
            codes.add(value)
        elif str(kind) == "RANGE":
            codes.update(range(value[0], value[1] + 1))
        else:
            codes.update(code for code in range(32, 127) if re.match(_CLASSES[str(value)], chr(code)))
    return sorted(codes)


_CLASSES: Final = {"CATEGORY_DIGIT": r"\d", "CATEGORY_WORD": r"\w", "CATEGORY_SPACE": r"[ ]"}
