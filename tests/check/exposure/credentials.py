"""Credentials for tests, generated when they are needed: none stands in the tree."""

from functools import cache

from wardline.check.exposure.catalogue import providers
from wardline.check.exposure.examples import firing


@cache
def every(seed="canary"):
    """Return rule id -> (a text in which the rule fires, the value in it)."""
    return {rule.id: (text, value) for provider in providers() for rule, text, value in firing(provider, seed)}


def github(seed="one"):
    return every(seed)["github-personal-access-token"][1]


def password(seed="one"):
    """Return a password that a person could have made, and no provider's rule knows."""
    return every(seed)["password-in-code"][1]
