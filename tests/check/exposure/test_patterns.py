import pytest

from wardline.check.exposure import patterns
from wardline.check.exposure.patterns import Span, with_re, with_re2


@pytest.fixture(params=[with_re, with_re2], ids=["re", "re2"])
def compiled(request):
    if request.param is with_re2 and patterns.re2() is None:
        pytest.skip("google-re2 is not installed here")
    return request.param


def test_value_and_name_are_found_by_their_groups(compiled):
    pattern = compiled(r"(?P<name>[a-z]+)=(?P<secret>[0-9]+)")
    assert list(pattern.spans(b"xx ab=12 c=3")) == [Span(3, 8, (6, 8), (3, 5)), Span(9, 12, (11, 12), (9, 10))]
    assert list(compiled("[0-9]+").spans(b"a 12")) == [Span(2, 4, (2, 4), (-1, -1))]


def test_a_search_begins_where_it_is_told_and_lines_end_where_they_end(compiled):
    pattern = compiled("^b$")
    assert [span.start for span in pattern.spans(b"b\na\nb\n", 1)] == [4]
    assert pattern.first(b"a\nb\nc") == 3
    assert pattern.first(b"ab") == -1


def test_whole_is_all_of_it_and_any_byte_is_a_character(compiled):
    assert compiled("a.c").whole(b"a\xffc")
    assert not compiled("a.c").whole(b"a\xffcd")
    assert not compiled("a.c").whole(b"a\nc")


def test_without_google_re2_the_standard_library_serves(monkeypatch):
    monkeypatch.setattr(patterns, "re2", lambda: None)
    assert patterns.fastest() is with_re
