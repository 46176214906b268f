import samples

from wardline.check.reports.parts import parts_of
from wardline.findings.inventory import Component, Inventory


def component(name="a", **changes) -> Component:
    values = {"ecosystem": "npm", "name": name, "version": "1", "purl": f"pkg:npm/{name}@1", "file": "x", "line": 1}
    return Component(**{**values, **changes})


def inventory(*components, needs=()):
    return Inventory(components=components, needs=dict(needs))


def test_the_same_package_in_two_files_is_one_part_with_both_graphs():
    found = parts_of(
        inventory(
            component("a"), component("b"), component("a", file="y"), component("c"), needs={0: (1,), 2: (3,)}.items()
        )
    )
    assert [part.ref for part in found] == ["pkg:npm/a@1", "pkg:npm/b@1", "pkg:npm/c@1"]
    assert found[0].places == [("x", 1), ("y", 1)]
    assert sorted(found[0].needs) == [1, 2]
    assert found[1].needs is None


def test_production_anywhere_is_production():
    (part,) = parts_of(inventory(component(groups=("dev",)), component(groups=("test",), file="y")))
    assert not part.required
    assert part.groups == {"dev", "test"}
    (part,) = parts_of(inventory(component(groups=("dev",)), component(file="y"), component(groups=("dev",), file="z")))
    assert part.required


def test_direct_anywhere_is_direct_and_unknown_is_neither():
    assert parts_of(inventory(component(direct=False), component(direct=True, file="y")))[0].direct is True
    assert parts_of(inventory(component(direct=None), component(direct=False, file="y")))[0].direct is False
    assert parts_of(inventory(component(direct=None)))[0].direct is None


def test_references_that_lead_nowhere_or_to_itself_are_dropped():
    found = parts_of(inventory(component("a"), component("b"), needs={0: (0, 1, 7, -1), 9: (0,)}.items()))
    assert list(found[0].needs) == [1]


def test_no_two_parts_share_a_reference():
    found = parts_of(inventory(component("a", purl="same"), component("b", purl="same"), component("c", purl="same")))
    assert len({part.ref for part in found}) == 3


def test_a_package_without_a_purl_is_still_told_apart():
    found = parts_of(inventory(component("a", purl=""), component("a", purl="", version="2")))
    assert [part.ref for part in found] == ["npm:a@1", "npm:a@2"]


def test_a_package_that_only_a_finding_names_is_a_part():
    (part,) = parts_of(None, [samples.vulnerable()])
    assert (part.name, part.places, part.needs) == ("requests", [("uv.lock", 123)], None)
