"""A node begins with the policy that its settings name, or says why not."""

from pathlib import Path

import pytest

from wardline.kernel import settings
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import PLATFORM
from wardline.main import platform, serving
from wardline.services import Services


@pytest.fixture
def services(tmp_path: Path, lite, clock) -> Services:
    lite.close()
    return platform.services(settings.load(tmp_path, {}, database=str(lite.engine.url)), clock)


def test_the_policy_of_the_settings_stands(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text('[windows]\ncritical = "2 days"\n')
    before = services.findings.policy(PLATFORM)
    serving.adopt_policy(services)
    assert services.findings.policy(PLATFORM) == before
    serving.adopt_policy(type(services)(**named(services) | {"settings": services.settings._replace(policy=path)}))
    assert services.findings.policy(PLATFORM) != before
    services.database.close()


def named(services: Services) -> dict[str, object]:
    return {name: getattr(services, name) for name in services.__slots__}


@pytest.mark.parametrize("content", [b"[windws]\n", b"\xff", None])
def test_a_policy_that_cannot_be_obeyed_is_said_with_its_place(
    services: Services, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "policy.toml"
    if content is not None:
        path.write_bytes(content)
    wrong = type(services)(**named(services) | {"settings": services.settings._replace(policy=path)})
    with pytest.raises(AskedWronglyError, match=r"policy\.toml"):
        serving.adopt_policy(wrong)
    services.database.close()
