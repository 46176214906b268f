from wardline.web.headers import POLICY


def test_the_policy_names_what_may_load_and_nothing_else():
    parts = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert parts == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_every_answer_carries_the_headers_whatever_it_is(sign_in):
    browser = sign_in("developer")
    for path in ("/", "/findings.json", "/static/none", "/nowhere", "/id/none", "/sign-in"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"]
