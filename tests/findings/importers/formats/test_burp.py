from tests.findings.importers.reports import BURP, BURP_ISSUE, findings, gaps


def test_an_issue_is_about_a_route_and_the_parameter_that_its_location_names():
    (found,) = findings(BURP % BURP_ISSUE)
    assert found.location.value == "https://shop.example/orders/42"
    assert (found.severity, found.confidence, found.cwe) == ("high", "high", ("CWE-89",))
    other = BURP_ISSUE.replace("/orders/42", "/orders/43").replace("Certain", "Tentative")
    assert findings(BURP % other)[0].fingerprint == found.fingerprint
    assert findings(BURP % BURP_ISSUE.replace("[sort", "[page"))[0].fingerprint != found.fingerprint


def test_a_false_positive_is_suppressed_and_information_is_info():
    (marked,) = findings(BURP % BURP_ISSUE.replace(">High<", ">False positive<"))
    assert marked.suppression is not None
    assert findings(BURP % BURP_ISSUE.replace(">High<", ">Information<"))[0].severity == "info"


def test_an_entity_is_refused():
    bomb = BURP.replace("<!ELEMENT issue (#PCDATA)>", '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">') % "<issue>&b;</issue>"
    assert findings(bomb) == []
    assert "declares an entity" in gaps(bomb)[0].reason


def test_another_document_is_refused():
    for outside in ('SYSTEM "file:///etc/passwd"', 'PUBLIC "x" "http://host.example/x.dtd"'):
        text = f"<!DOCTYPE issues {outside}><issues>{BURP_ISSUE}</issues>"
        assert findings(text) == []
        assert "another document" in gaps(text)[0].reason
