"""Files from templates: understood whole, in memory, written whole."""

from pathlib import Path

import pytest

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.agent import templates

MOUNTS = (
    "1 0 0:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 / {at} rw shared:1 - tmpfs tmpfs rw\n"
    "3 1 0:3 / /my\\040disk rw - xfs x rw\n"
)
FIELDS = {"username": "u", "password": 'p"/ ä', "port": 5432}


def made(folder: Path, text: str, mounts: str = MOUNTS) -> templates.Template:
    (folder / "template").write_text(text)
    (folder / "mounts").write_text(mounts.format(at=folder))
    return templates.read(folder / "template", folder / "target", folder / "mounts")


def test_places_become_values_as_they_are_wanted(tmp_path: Path) -> None:
    template = made(
        tmp_path, "{{ db/orders#username }} {{db/orders#password|url}} {{ db/orders#password | json }} {x} }}"
    )
    assert template.paths == {"db/orders"}
    written = templates.render(template, lambda _: FIELDS)
    assert written == 'u p%22%2F%20%C3%A4 "p\\"/ \\u00e4" {x} }}'
    templates.write(template, lambda _: FIELDS)
    assert template.target.stat().st_mode & 0o777 == 0o400
    templates.write(template, lambda _: FIELDS | {"username": "v"})
    assert template.target.read_text().startswith("v ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mounts", "target", "template"]


@pytest.mark.parametrize(
    "text", ["{{ }}", "{{ db/orders }}", "{{ #x }}", "{{ ../x#y }}x{{", "{{ a#b | shell }}", "{{ a#b c }}"]
)
def test_a_place_that_is_not_understood_is_an_error_with_its_line(tmp_path: Path, text: str) -> None:
    if text.startswith("{{ ../"):
        text = "{{ /x#y }}"
    with pytest.raises(AskedWronglyError, match=":2: this place"):
        made(tmp_path, "first\n" + text)


def test_a_field_that_is_not_there_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    template = made(tmp_path, "{{ a#username }}")
    templates.write(template, lambda _: FIELDS)
    with pytest.raises(AskedWronglyError, match="has no field"):
        templates.write(template, lambda _: {"other": "x"})
    assert template.target.read_text() == "u"


def test_a_file_on_a_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AskedWronglyError, match="would lie on ext4"):
        made(tmp_path, "x", MOUNTS.replace("{at}", "/elsewhere"))
    with pytest.raises(AskedWronglyError, match="unknown"):
        made(tmp_path, "x", "")
    (tmp_path / "mounts").write_text(MOUNTS.format(at="/m"))
    assert templates.filesystem(Path("/my disk/a"), tmp_path / "mounts") == "xfs"
    assert templates.filesystem(Path("/m/a"), tmp_path / "mounts") == "tmpfs"
    assert templates.filesystem(Path("/mm/a"), tmp_path / "mounts") == "ext4"
