from wardline.findings.importers.markup import plain


def test_html_becomes_text_also_where_it_was_escaped_twice():
    assert plain("<p>a &amp; b</p><ul><li>c</li></ul>") == "a & b c"
    assert plain("&lt;p&gt;a&lt;/p&gt;") == "a"
    assert plain("1 < 2 and <b") == "1 < 2 and <b"
    assert plain(None) == ""
    assert len(plain("<p>" * 100_000 + "x" * 100_000)) <= 2000
