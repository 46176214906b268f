from tests.findings.importers.reports import ZAP_ITEM, ZAP_XML, findings, gaps, zap


def at(uri, **more):
    return {"uri": uri, "method": "GET", "param": "q", "attack": "<script>", "evidence": "Set-Cookie: s=1", **more}


def test_ids_in_the_path_make_no_other_finding():
    one, other = (findings(zap(at(f"https://shop.example/users/{number}?q=x")))[0] for number in (17, 18))
    assert one.fingerprint == other.fingerprint
    assert findings(zap(at("https://shop.example/orders/17")))[0].fingerprint != one.fingerprint
    assert findings(zap(at("https://shop.example/users/17", param="r")))[0].fingerprint != one.fingerprint
    assert findings(zap(at("https://staging.example/users/17")))[0].fingerprint == one.fingerprint


def test_neither_query_nor_evidence_nor_user_is_kept():
    (found,) = findings(zap(at("https://ann:pw@shop.example/a?session=123")))
    assert found.location.value == "https://shop.example/a"
    assert not [part for part in ("session", "pw", "Cookie", "script>") if part in repr(found)]


def test_html_is_shown_as_text():
    assert findings(zap(at("https://shop.example/a")))[0].message == "Parameter q. A script & more. Escape it."


def test_json_and_xml_give_the_same_identity():
    (found,) = findings(ZAP_XML % ZAP_ITEM)
    assert found.fingerprint == findings(zap(at("https://shop.example/users/17?q=x")))[0].fingerprint
    assert (found.severity, found.confidence, found.cwe) == ("high", "medium", ("CWE-79",))


def test_a_false_positive_is_suppressed():
    assert findings(ZAP_XML % ZAP_ITEM.replace("<confidence>2", "<confidence>0"))[0].suppression is not None


def test_xml_that_breaks_keeps_what_came_before():
    broken = (ZAP_XML % (ZAP_ITEM + "<alertitem><pluginid>")).replace("</alerts></site></OWASPZAPReport>", "")
    assert len(findings(broken)) == 1
    assert "cannot be read on at line" in gaps(broken)[0].reason
