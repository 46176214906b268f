import io
import time

import pytest

from wardline.findings.importers.model import Bounds, DamagedReportError
from wardline.findings.importers.source import Source
from wardline.findings.importers.xml_stream import elements, is_xml


def read(text, wanted=("issue",), passed=(), **bounds):
    source = Source(io.BytesIO(text if isinstance(text, bytes) else text.encode()), Bounds(**bounds))
    return [node for node, _ in elements(source, set(wanted), passed=passed)]


def test_an_element_comes_as_a_tree_without_namespaces():
    (node,) = read('<b:bom xmlns:b="urn:b"><b:issue b:id="1" k="v">a<b:c>t</b:c><b:c>u</b:c></b:issue></b:bom>')
    assert (node.name, node.attributes, node.text()) == ("issue", {"id": "1", "k": "v"}, "a")
    assert [one.text() for one in node.all("c")] == ["t", "u"]
    assert (node.text("c"), node.text("none"), node.child("c", "d")) == ("t", "", None)


def test_what_stands_around_and_what_is_passed_over():
    source = Source(io.BytesIO(b'<r><s name="x"><issue><big>b</big><c>t</c></issue></s></r>'))
    ((node, outer),) = elements(source, {"issue"}, passed={"big"})
    assert [one.attributes.get("name") for one in outer] == [None, "x"]
    assert [one.name for one in node.children] == ["c"]


BOMB = "<!DOCTYPE r [<!ENTITY a0 'aaaaaaaaaa'>"
BOMB += "".join(f"<!ENTITY a{number} '{f'&a{number - 1};' * 10}'>" for number in range(1, 9))
BOMB += "]><r><issue>&a8;</issue></r>"
MANY = " ".join(f"a{number}='1'" for number in range(5000))


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><issue>&x;</issue></r>',
        '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://host.example/x">%x;]><r><issue/></r>',
        '<!DOCTYPE r SYSTEM "http://host.example/x.dtd"><r><issue/></r>',
        '<!DOCTYPE r PUBLIC "p" "http://host.example/x.dtd"><r><issue/></r>',
        '<!DOCTYPE r [<!ATTLIST issue a CDATA "%s">]><r><issue/></r>' % ("x" * 5000),
        "<!DOCTYPE r [%s]><r><issue/></r>" % ('<!ATTLIST issue a CDATA "">' * 2000),
        "<r>" * 5000,
        "<r>" + "<issue><a>" * 5000,
        f"<r><issue {MANY}/>",
        "<r><issue a='" + "x" * 9_000_000,
        "<r><!--" + "x" * 9_000_000,
        "<r><issue>&nbsp;</issue></r>",
        '<?xml version="1.0" encoding="no-such"?><r/>',
        "",
        "no xml",
    ],
    ids=range(16),
)
def test_what_expands_nests_or_breaks_ends_with_an_error_and_soon(text):
    started = time.monotonic()
    with pytest.raises(DamagedReportError):
        read(text)
    assert time.monotonic() - started < 20


def test_elements_and_empty_attributes_may_be_declared():
    assert len(read('<!DOCTYPE r [<!ELEMENT r (issue*)><!ATTLIST r v CDATA "">]><r><issue/></r>')) == 1


def test_characters_that_xml_forbids_and_bytes_that_are_no_utf_8_are_replaced():
    (node,) = read(b"<r><issue>a\x00\x0b\xff\x1bb</issue></r>")
    assert node.text() == "a??\ufffd?b"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252"])
def test_another_encoding_is_read_as_declared(encoding):
    (node,) = read(f'<?xml version="1.0" encoding="{encoding}"?><r><issue>é</issue></r>'.encode(encoding))
    assert node.text() == "é"


def test_an_element_with_too_many_parts_keeps_the_first_and_says_so():
    source = Source(io.BytesIO(b"<r><issue>" + b"<a/>" * 60_000 + b"</issue></r>"))
    ((node, _),) = elements(source, {"issue"})
    assert len(node.children) < 60_000
    assert next(iter(source.troubles.values())).times > 1


def test_text_is_bounded():
    (node,) = read("<r><issue>" + "x" * 30_000_000 + "</issue></r>")
    assert len(node.text()) <= 16 * 64 * 1024


def test_what_starts_as_xml_does():
    assert is_xml(Source(io.BytesIO(b" \n<?xml version='1.0'?><a/>")))
    assert not is_xml(Source(io.BytesIO(b'{"a": "<"}')))
