"""The policy that stands: kept in the database, so that every node has the same."""

from functools import lru_cache
from typing import Final

from sqlalchemy import Connection

from wardline.findings import store
from wardline.findings.policy import Policy

_DEFAULT: Final = Policy()


def current(tx: Connection) -> Policy:
    """Return the policy that stands in this transaction: the defaults where none was ever given."""
    row = store.policy(tx)
    return _DEFAULT if row is None else parsed(row.text)


@lru_cache(maxsize=8)
def parsed(text: str) -> Policy:
    """Return the policy that a text says. Raises: `PolicyError`."""
    from wardline.findings import policy_file

    return policy_file.read(text)
