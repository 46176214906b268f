"""The storage under SCIM keeps the contract that the protocol's library has written down."""

from typing import Any

import pytest
from scim2_models import ScimProvider
from scim2_server.testing import ScimStorageContract
from tests.conftest import Clock
from tests.identities import rooms

from wardline.catalog.directory import Directory
from wardline.catalog.scim import described
from wardline.kernel.database.engine import Database


class TestTheContractOfAStorage(ScimStorageContract):
    @pytest.fixture
    def provider(self) -> ScimProvider:
        return described()

    @pytest.fixture
    def storage(self, lite: Database, clock: Clock) -> Any:
        made = rooms(lite, clock)
        return Directory(made.database, clock, made.identity, made.catalog)
