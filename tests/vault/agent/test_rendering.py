"""Files that follow their secrets."""

from pathlib import Path

import pytest
from tests.vault.agent.parts import a_world
from tests.vault.world import PATH

from wardline.vault.agent.rendering import Rendering
from wardline.vault.agent.templates import Template
from wardline.vault.protocol.accepting import Accepted


def test_a_file_is_written_with_each_version_and_each_is_delivered(tmp_path: Path) -> None:
    seen: list[tuple[int, str]] = []

    def delivered(accepted: Accepted, how: str) -> None:
        seen.append((accepted.header.number, how))

    with a_world(tmp_path) as agent:
        target = tmp_path / "out"
        template = Template("{{ db/orders#password }}", frozenset({PATH}), target)
        rendering = Rendering(agent.holding, [template], delivered)
        agent.holding.listen(rendering.changed)
        rendering.write_all()
        assert target.read_text() == "one"
        agent.world.one.mint(PATH, {"password": "two"})
        agent.following.step()
        assert target.read_text() == "two"
        assert seen == [(1, "template"), (2, "template")]
        rendering.remove_all()
        assert not target.exists()


def test_a_file_that_cannot_be_written_is_said_and_not_delivered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with a_world(tmp_path) as agent:
        seen: list[Accepted] = []
        nowhere = Template("{{ db/orders#password }}", frozenset({PATH}), tmp_path / "none" / "out")
        unknown = Template("{{ db/other#x }}", frozenset({"db/other"}), tmp_path / "out")
        Rendering(agent.holding, [nowhere, unknown], lambda accepted, _: seen.append(accepted)).write_all()
        assert seen == []
        assert "was not written" in caplog.text
        assert "'one'" not in caplog.text
        assert not (tmp_path / "out").exists()
