import pytest
from tests.check.dependencies.lockfiles.strangers import FIXTURES, alone, answered, names, source

from wardline.check.dependencies.lockfiles import cyclonedx, sbom, spdx


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("cyclonedx/valid-npm/bom.json", cyclonedx),
        ("cyclonedx/valid-xml/bom.xml", cyclonedx),
        ("spdx/valid-npm/service.spdx.json", spdx),
        ("spdx/valid-3/service.spdx.json", spdx),
    ],
)
def test_it_is_read_as_what_it_turns_out_to_be(path, module):
    read = answered(sbom, alone("sbom.json", (FIXTURES / path).read_bytes()))
    assert names(read) == names(answered(module, source(path)))


@pytest.mark.parametrize("text", ["{}", "[]", '{"openapi": "3.0"}', "<svg/>"])
def test_what_is_neither_is_refused(text):
    assert answered(sbom, alone("sbom.json", text)) is None
