import time

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.world import finding

from wardline.findings import matching, sights
from wardline.findings.identity import line_mark
from wardline.findings.matching import likeness, pairs
from wardline.findings.report import Finding, PackageRef

PAY = ("def pay(order, amount):", "    check(order)", "    db.execute('select ' + order.id)", "    return amount")
LOG = ("def log(line):", "    with open(path) as file:", "        os.system('cat ' + line)", "    file.flush()")


def test_a_file_that_is_renamed_is_the_same_finding():
    old, new = (
        finding(1, file="src/pay.py", context=PAY),
        finding(2, file="src/payments/charge.py", context=PAY, line=80),
    )
    assert pairs({"old": old}, [new]).matched == {0: "old"}


def test_a_symbol_that_is_renamed_and_a_line_that_is_touched_are_the_same_finding():
    old = finding(1, file="src/pay.py", context=PAY)
    edited = tuple(line.replace("amount", "total") for line in PAY)
    assert pairs({"old": old}, [finding(2, file="src/pay.py", context=edited, line=5)]).matched == {0: "old"}


def test_something_else_in_the_same_place_is_another_finding():
    old = finding(1, file="src/pay.py", context=PAY)
    assert pairs({"old": old}, [finding(2, file="src/pay.py", context=LOG)]).matched == {}


def test_another_rule_or_practice_never_matches():
    old = finding(1, context=PAY)
    new = [finding(2, context=PAY, rule="other"), finding(3, context=PAY, practice="exposure")]
    assert pairs({"old": old}, new).matched == {}


def test_dependencies_are_told_by_name_alone():
    old = finding(1, practice="dependencies", context=PAY)
    assert pairs({"old": old}, [finding(2, practice="dependencies", context=PAY)]).matched == {}


def vulnerable(name: int, *ids: str, package: str = "lodash") -> Finding:
    about = PackageRef("npm", package, "4.0.0", f"pkg:npm/{package}@4.0.0")
    return finding(name, practice="dependencies", rule="vulnerable-dependency", package=about, advisories=ids)


def test_a_bug_that_is_given_another_id_is_the_same_bug():
    old = vulnerable(1, "GHSA-1", "SNYK-1")
    assert pairs({"old": old}, [vulnerable(2, "CVE-2026-1", "GHSA-1")]).matched == {0: "old"}
    assert pairs({"old": old}, [vulnerable(2, "CVE-2026-1", "GHSA-2")]).matched == {}
    assert pairs({"old": old}, [vulnerable(2, "CVE-2026-1", "GHSA-1", package="underscore")]).matched == {}


def test_an_advisory_that_is_split_in_two_is_not_guessed():
    old = vulnerable(1, "GHSA-1", "GHSA-2")
    assert (
        pairs({"old": old}, [vulnerable(2, "CVE-2026-1", "GHSA-1"), vulnerable(3, "CVE-2026-2", "GHSA-2")]).matched
        == {}
    )
    assert pairs({"a": old, "b": vulnerable(4, "GHSA-1")}, [vulnerable(2, "CVE-2026-1", "GHSA-1")]).matched == {}


def test_twins_stay_unmatched_and_are_counted():
    old = {"one": finding(1, file="a/x.py", context=PAY), "two": finding(2, file="b/x.py", context=PAY)}
    found = pairs(old, [finding(3, file="c/x.py", context=PAY)])
    assert found.matched == {}
    assert found.ambiguous == 2


def test_two_that_move_together_are_told_apart_by_what_stands_around_them():
    old = {"pay": finding(1, file="a.py", context=PAY), "log": finding(2, file="a.py", context=LOG)}
    new = [finding(3, file="b.py", context=LOG), finding(4, file="b.py", context=PAY)]
    assert pairs(old, new).matched == {0: "log", 1: "pay"}


def marked(name: int, file: str, text: str, line: int = 1) -> Finding:
    return finding(name, file=file, line=line, context=("assert '…'", line_mark(text)))


def test_equal_lines_are_told_from_lines_that_are_only_alike():
    old = {"a": marked(1, "tests/old.py", "assert 'a'"), "b": marked(2, "tests/old.py", "assert 'b'")}
    new = [marked(3, "t/two.py", "assert 'b'"), marked(4, "t/one.py", "assert 'a'")]
    assert pairs(old, new).matched == {0: "b", 1: "a"}


def test_a_file_that_moves_with_several_of_one_line_keeps_them_in_their_order():
    old = {key: marked(line, "a/x.py", "rv = Markup(rv)", line) for key, line in (("second", 9), ("first", 3))}
    new = [marked(10 + line, "b/x.py", "rv = Markup(rv)", line) for line in (12, 6)]
    assert pairs(old, new).matched == {0: "second", 1: "first"}
    assert pairs(old, new[:1]).matched == {}
    elsewhere = [marked(21, "b/x.py", "rv = Markup(rv)"), marked(22, "c/x.py", "rv = Markup(rv)")]
    assert pairs(old, elsewhere).matched == {}


def test_without_context_the_same_file_line_and_message_are_enough_and_less_is_not():
    old = finding(1, file="src/pay.py", line=10)
    assert pairs({"old": old}, [finding(2, file="src/pay.py", line=12)]).matched == {0: "old"}
    assert pairs({"old": old}, [finding(2, file="src/charge.py", line=10)]).matched == {}
    assert pairs({"old": old}, [finding(2, file="src/pay.py", line=900, message="something else")]).matched == {}


def test_many_at_once_are_not_guessed_and_take_no_time():
    old = {str(number): finding(number, context=(*PAY, f"x{number}")) for number in range(1, 1001)}
    new = [finding(-number, context=(*PAY, f"y{number}")) for number in range(1, 1001)]
    started = time.perf_counter()
    found = pairs(old, new)
    assert found.matched == {}
    assert found.ambiguous == 1000
    assert time.perf_counter() - started < 5


def seen_in(name: int, file: str, text: str, *, before: str, inside: str = "test_it") -> Finding:
    near = [*sights.near(sights.BEFORE, [before]), *sights.near(sights.AFTER, [f"log({before})"])]
    return finding(name, file=file, line=abs(name), context=(text, *near, sights.INSIDE + inside, line_mark(text)))


def test_of_more_than_can_be_compared_each_is_told_by_what_is_beside_it():
    many = range(1, 2 * matching.MOST)
    old = {str(n): seen_in(n, "pay/suite/x.py", "assert pay(order)", before=f"order = made_{n}()") for n in many}
    new = [seen_in(-n, f"tests/t{n}.py", "assert pay(order, now)", before=f"order = made_{n}()") for n in many]
    assert pairs(old, new).matched == {n - 1: str(n) for n in many}


def test_of_more_than_can_be_compared_those_that_have_everything_in_common_are_not_guessed():
    many = range(1, 2 * matching.MOST)
    old = {str(n): seen_in(n, f"pay/suite/x{n}.py", "assert pay(order)", before="order = made()") for n in many}
    new = [seen_in(-n, f"tests/t{n}.py", "assert pay(order)", before="order = made()") for n in many]
    started = time.process_time()
    assert pairs(old, new).matched == {}
    assert time.process_time() - started < 5


def test_a_credential_in_a_file_that_is_split_is_the_same_where_it_stands_between_the_same_lines():
    def secret(name: int, file: str, line: int, *beside: str) -> Finding:
        near = [*sights.near(sights.BEFORE, beside[:1]), *sights.near(sights.AFTER, beside[1:])]
        return finding(name, file=file, line=line, practice="exposure", context=(*near, sights.INSIDE + "asked"))

    lines = [("if user == first", f"return {answer}", f"if {answer}", "end") for answer in ("yes", "no", "later")]
    old = {str(n): secret(n, "tests/test_auth.py", 10 * n, *some) for n, some in enumerate(lines, 1)}
    new = [secret(-n, "tests/util.py", 200 + 10 * n, *some) for n, some in enumerate(lines, 1)]
    assert pairs(old, new).matched == {0: "1", 1: "2", 2: "3"}


def test_which_of_several_values_of_one_line_it_is_says_nothing_in_another_file():
    from wardline.check.exposure.wording import found_in_text

    lines = [f"client.login(user=name, password='{value}')\n" for value in ("pygm" + "alion", "thech" + "eat")]
    before, same = found_in_text("".join(lines), "a/keys.py"), found_in_text("\n\n" + "".join(lines), "b/keys.py")
    turned = found_in_text("".join(lines[::-1]), "b/config.py")
    assert [len(some) for some in (before, same, turned)] == [2, 2, 2]
    old = {str(one.line): one for one in before}
    assert pairs(old, turned).matched == {}
    assert {same[number].line: key for number, key in pairs(old, same).matched.items()} == {3: "1", 4: "2"}


found = st.builds(
    finding,
    st.integers(0, 5),
    file=st.sampled_from(["a.py", "b.py", "lib/a.py"]),
    line=st.integers(1, 60),
    context=st.sampled_from([(), PAY, LOG, PAY[:2]]),
)


@settings(max_examples=80)
@given(st.lists(found, max_size=6), st.lists(found, max_size=6))
def test_nobody_is_matched_twice_and_the_order_does_not_matter(before, after):
    old = {str(number): one for number, one in enumerate(before)}
    told = pairs(old, after)
    assert len(set(told.matched.values())) == len(told.matched)
    for number, key in told.matched.items():
        assert likeness(old[key], after[number]) >= matching.ENOUGH
        assert (old[key].practice, old[key].rule) == (after[number].practice, after[number].rule)
    turned = pairs(dict(reversed(old.items())), after[::-1])
    assert {len(after) - 1 - number: key for number, key in turned.matched.items()} == told.matched


@given(found, found)
def test_likeness_is_between_none_and_all_and_goes_both_ways(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert abs(likeness(one, other) - likeness(other, one)) < 1e-9
    assert abs(likeness(one, one) - 1) < 1e-9


def test_a_credential_whose_file_moved_is_the_same_and_keeps_its_clock():
    from wardline.check.exposure.wording import found_in_text

    line = f"AWS_SECRET_ACCESS_KEY = '{'wJalrXUtnFEMI' + '/K7MDENG/bPxRfiCY' + 'QXZ4hTkLmNo'}'\n"
    before, after = (found_in_text(text, path) for text, path in ((line, "a/keys.py"), ("\n\n" + line, "b/config.py")))
    assert [one.fingerprint for one in before] != [one.fingerprint for one in after]
    assert pairs({"old": before[0]}, after).matched == {0: "old"}
    assert "wJalr" not in str(before)
