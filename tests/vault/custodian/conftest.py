"""One PostgreSQL that asks for passwords, for the whole session of a worker."""

from collections.abc import Iterator

import pytest
from tests import databases
from tests.vault.custodian import targets


@pytest.fixture(scope="session")
def server() -> Iterator[targets.Server]:
    if databases.programs() is None:
        pytest.skip("no PostgreSQL server here: install Debian's package postgresql (make system)")
    with targets.server() as made:
        yield made
