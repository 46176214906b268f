import json

import pytest
import samples

from wardline.check.reports import service
from wardline.findings.report import Report
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.plugins import catalogue

PROMISED = {"text", "json", "sarif", "gitlab", "junit", "cyclonedx", "spdx", "markdown", "html"}
NAMES = [one.name for one in service.formats()]
REPORTS = {
    "realistic": (samples.report(), samples.subject()),
    "hostile": (samples.hostile(), samples.hostile_subject()),
    "pass": (samples.empty_pass(), samples.subject()),
    "cannot say": (samples.cannot_say(), samples.subject(inventory=None)),
    "nothing": (samples.nothing_examined(), samples.subject(inventory=None, rules={}, revision=None, seconds=None)),
}


def test_every_promised_format_exists_with_a_title():
    formats = {one.name: one for one in service.formats()}
    assert formats.keys() >= PROMISED
    assert all(one.title and one.media_type and one.suffix.startswith(".") for one in formats.values())


def test_every_format_has_a_page_of_documentation():
    plugins = [plugin for plugin in catalogue("wardline.check.reports") if "FORMAT" in plugin.declared]
    assert len(plugins) == len(NAMES)
    assert all(len(plugin.doc.splitlines()) > 2 for plugin in plugins)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", REPORTS)
def test_every_format_renders_every_report_the_same_way_twice(name, kind):
    report, subject = REPORTS[kind]
    document = service.render(name, report, subject)
    assert document.decode("utf-8").endswith("\n")
    assert service.render(name, report, subject) == document


@pytest.mark.parametrize("name", NAMES)
def test_no_format_writes_a_strangers_control_character(name):
    report, subject = REPORTS["hostile"]
    document = service.render(name, report, subject)
    text = json.dumps(json.loads(document), ensure_ascii=True) if document[:1] in b"{[" and name == "json" else ""
    shown = text or document.decode()
    assert not [char for char in shown if not char.isprintable() and char != "\n"]


@pytest.mark.parametrize("name", sorted(PROMISED - {"text", "markdown", "html", "spdx", "cyclonedx"}))
def test_no_gap_is_silent(name):
    document = service.render(name, samples.report(), samples.subject()).decode()
    assert all(gap.scope in document for gap in samples.gaps())


def test_an_unknown_format_is_asked_wrongly_and_the_answer_lists_them():
    with pytest.raises(AskedWronglyError, match="'pdf'") as caught:
        service.render("pdf", Report(), samples.subject())
    assert "sarif" in caught.value.hint
    with pytest.raises(AskedWronglyError):
        service.check_names(["json", "pdf"])


def test_only_sboms_want_all_components():
    assert service.want_components(["text", "spdx"])
    assert service.want_components(["cyclonedx"])
    assert not service.want_components([])
    assert not service.want_components(["text", "json", "sarif", "html"])


def test_an_inventory_as_json_is_its_document():
    inventory = samples.inventory()
    assert json.loads(service.render_inventory("json", inventory, samples.subject())) == json.loads(
        json.dumps(inventory.to_dict())
    )


@pytest.mark.parametrize("name", ["cyclonedx", "spdx"])
def test_an_inventory_as_an_sbom_is_that_of_a_report_without_findings(name):
    inventory = samples.inventory()
    bare = samples.subject()._replace(inventory=None)
    document = service.render_inventory(name, inventory, bare)
    assert document == service.render(name, Report(gaps=inventory.gaps), bare._replace(inventory=inventory))
    assert b"minimist" in document


@pytest.mark.parametrize("name", ["text", "pdf"])
def test_an_inventory_in_another_format_is_asked_wrongly(name):
    with pytest.raises(AskedWronglyError, match="no inventory"):
        service.render_inventory(name, samples.inventory(), samples.subject())
