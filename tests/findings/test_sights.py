from hypothesis import given
from hypothesis import strategies as st
from tests.findings.world import finding

from wardline.findings import sights
from wardline.findings.identity import line_mark
from wardline.findings.sights import AFTER, BEFORE, INSIDE, bare, near, neighbours, same_text, sight, whole_mark

BROKEN = "assert (\n    page.render(order)\n    == 'paid'\n)"
LINE = 'assert page.render(order) == "paid"'


def test_a_statement_is_one_however_it_is_quoted_and_broken():
    assert whole_mark(BROKEN) == whole_mark(LINE)
    assert whole_mark(LINE) != whole_mark(LINE.replace("==", "!="))
    assert whole_mark("x = [u'é', U\"e\"]") == whole_mark('x = ["é", "e"]') != whole_mark("x = [é, ue]")
    assert whole_mark(" ( )\n") == ""


def test_of_the_lines_beside_it_only_those_that_say_something_stand_for_it():
    said = list(near(BEFORE, ["}", "", "def pay():", "  total = sum(lines)", "x", "check(order)", "never looked at"]))
    assert len(said) == 3
    assert said == list(near(BEFORE, ["def pay ( ) :", "total = sum(lines)", "check(order)"]))
    assert all(one.startswith(BEFORE) for one in said)


def test_a_comment_or_another_language_is_taken_for_no_mark():
    seen = sight(finding(1, context=("#include <stdio.h>", "<b>", "# see above", line_mark("x"), whole_mark("x = y"))))
    assert (seen.mark, seen.whole) == (line_mark("x"), whole_mark("x = y"))
    assert {"include", "see", "b"} <= seen.words


def test_equal_first_lines_of_different_statements_are_only_alike():
    one = sight(finding(1, context=("assert (", line_mark("assert ("), whole_mark("assert (a == b)"))))
    other = sight(finding(2, context=("assert (", line_mark("assert ("), whole_mark("assert (c == d)"))))
    assert same_text(one, one) == 1
    assert 0.5 <= same_text(one, other) < 1


def test_neighbours_and_what_encloses_a_finding_are_read_from_its_context():
    beside = (*near(BEFORE, ["order = find(number)"]), *near(AFTER, ["return total"]))
    one, other = (
        sight(finding(number, context=("x", *beside, f"{INSIDE}{names}")))
        for number, names in ((1, "Shop pay"), (2, "Till pay"))
    )
    assert neighbours(one, other) == 2
    assert one.inside == other.inside == "pay"
    assert sights.placed(one, other, here=False)


def test_what_has_only_other_values_is_not_in_one_place_where_another_function_encloses_it():
    beside = (*near(BEFORE, ["order = find(number)", "check(order)"]), *near(AFTER, ["return total"]))
    one, other = (
        sight(finding(1, context=("assert paid == '…'", *beside, INSIDE + name, whole_mark(f"assert paid == {name}"))))
        for name in ("pay", "owed")
    )
    assert neighbours(one, other) == 3
    assert not sights.placed(one, other, here=False)


def test_of_a_statement_with_the_same_first_line_in_one_function_one_line_beside_it_is_enough():
    first = line_mark("assert calls == [")
    one, other, elsewhere = (
        sight(finding(1, context=("assert calls == [", text, first, *near(AFTER, ["end()"]), INSIDE + name)))
        for text, name in (("(5), (2)", "test_it"), ("(5), (2), (1)", "test_it"), ("(5), (2)", "test_other"))
    )
    assert sights.placed(one, other, here=False)
    assert not sights.placed(other, elsewhere, here=False)


@given(st.text(max_size=200))
def test_any_text_has_a_bare_form_that_is_its_own(text):
    assert bare(bare(text)) == bare(text)
    assert whole_mark(text) == "" or len(whole_mark(text)) == 17
