from pathlib import Path

import pytest

from wardline.check.dependencies.advisories.layout import identity, read_core, shown
from wardline.check.dependencies.advisories.mapped import DamagedError
from wardline.check.dependencies.advisories.sources import Part


@pytest.mark.parametrize("blob", [b"", b"{}", b"[]", b"[1, 2]", b"3", b'[1,2,3,4,5,6,7,8,9,"x"]'])
def test_a_row_that_is_no_core_is_damage(blob):
    with pytest.raises(DamagedError):
        read_core(blob)


def test_a_part_is_named_from_its_source_and_told_by_its_stamp():
    part = Part("zip", Path("/mirror/PyPI/all.zip"), "PyPI", "stamp")

    assert shown(part, Path("/mirror")) == "PyPI/all.zip"
    assert shown(part, Path("/elsewhere")) == "all.zip"
    assert identity(part, Path("/mirror"))["stamp"] == "stamp"
