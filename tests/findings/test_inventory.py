from wardline.findings.inventory import Component, Inventory
from wardline.findings.report import Gap

KEYS = {"ecosystem", "name", "version", "purl", "file", "line", "groups", "direct", "paths"}


def component(**changes) -> Component:
    values = {"ecosystem": "PyPI", "name": "a", "version": "1", "purl": "pkg:pypi/a@1", "file": "uv.lock", "line": 3}
    return Component(**{**values, **changes})


def test_a_component_has_the_promised_keys():
    written = component(groups=("dev",), direct=True, paths=(("b@1", "a@1"),)).to_dict()
    assert written.keys() == KEYS
    assert written["groups"] == ["dev"]
    assert written["direct"] is True
    assert written["paths"] == [["b@1", "a@1"]]


def test_a_file_that_cannot_tell_leaves_direct_null():
    written = component(line=None).to_dict()
    assert written["direct"] is None
    assert written["line"] is None
    assert written["groups"] == []
    assert written["paths"] == []


def test_an_inventory_lists_its_packages_and_its_gaps():
    gap = Gap(practice="dependencies", scope="x.lock", reason="unreadable", remedy="repair it", units=2)
    document = Inventory(components=(component(),), needs={}, gaps=(gap,)).to_dict()
    assert document["packages"] == [component().to_dict()]
    assert document["gaps"] == [
        {"practice": "dependencies", "scope": "x.lock", "reason": "unreadable", "remedy": "repair it", "units": 2}
    ]


def test_an_empty_inventory_is_an_empty_document():
    assert Inventory(needs={}).to_dict() == {"packages": [], "gaps": []}
