from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check import suppressions
from wardline.check.suppressions import MAX_DAYS, Entry, SuppressionError, Suppressions, add, apply, read, until_date
from wardline.findings.report import Finding

TODAY = date(2026, 11, 23)
ONE = "0123456789abcdef" * 2
TWO = "fedcba9876543210" * 2
REASON = "the affected parser only sees our own build's output"
ENTRY = Entry(fingerprint=ONE, reason=REASON, until=date(2027, 1, 31))


def finding(fingerprint: str = ONE, *, blocks: bool = False) -> Finding:
    return Finding(
        fingerprint=fingerprint,
        practice="dependencies",
        rule="vulnerable-dependency",
        title="requests 2.19.0 is affected",
        severity="high",
        confidence="high",
        message="",
        file="uv.lock",
        line=3,
        blocks=blocks,
    )


def written(**values: str) -> bytes:
    defaults = {"fingerprint": f'"{ONE}"', "reason": f'"{REASON}"', "until": "2027-01-31"}
    lines = [f"{key} = {value}" for key, value in {**defaults, **values}.items() if value]
    return "\n".join(["# ours", "", "[[suppression]]", *lines, ""]).encode()


def obeyed(data: bytes) -> Suppressions:
    found, gaps = read(data, suppressions.PATH, TODAY)
    assert gaps == []
    return found


def test_a_suppressed_finding_does_not_count_and_carries_its_reason() -> None:
    applied = apply(obeyed(written()), [finding(), finding(TWO)], TODAY)
    assert [left.fingerprint for left in applied.kept] == [TWO]
    (hidden,) = applied.suppressed
    assert hidden.suppression is not None
    assert (hidden.suppression.source, hidden.suppression.reason) == (".wardline/suppressions.toml", REASON)
    assert hidden.suppression.until == "2027-01-31"
    assert applied.notes == ()


def test_malware_is_never_suppressed() -> None:
    applied = apply(obeyed(written()), [finding(blocks=True)], TODAY)
    assert applied.suppressed == ()
    assert applied.kept == (finding(blocks=True),)
    assert "malware cannot be suppressed" in applied.notes[0]


def test_a_suppression_applies_through_its_last_day_and_not_after() -> None:
    found = obeyed(written())
    assert apply(found, [finding()], date(2027, 1, 31)).kept == ()
    late = apply(found, [finding()], date(2027, 2, 1))
    assert late.kept == (finding(),)
    assert late.suppressed == ()
    assert late.notes == (
        f".wardline/suppressions.toml:3: the suppression of {ONE}: expired on 2027-01-31, the finding counts again",
    )


def test_one_entry_serves_a_finding_at_two_places() -> None:
    there = finding()._replace(file="b/uv.lock")
    assert len(apply(obeyed(written()), [finding(), there], TODAY).suppressed) == 2


def test_an_unused_entry_is_said_only_where_this_check_would_have_found_it() -> None:
    found = obeyed(written(rule='"vulnerable-dependency"', subject='"requests"'))
    assert apply(found, [], TODAY).notes == ()
    assert apply(found, [], TODAY, expected=lambda rule: rule == "leaked-key").notes == ()
    (note,) = apply(found, [], TODAY, expected=lambda rule: rule == "vulnerable-dependency").notes
    assert note.startswith(".wardline/suppressions.toml:3: the suppression of requests: unused")


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"reason": ""}, "reason is missing"),
        ({"until": ""}, "until is missing"),
        ({"fingerprint": ""}, "fingerprint is missing"),
        ({"reason": '"short"'}, "says nothing"),
        ({"reason": '"test test test"'}, "says nothing"),
        ({"reason": '"todo: later..."'}, "says nothing"),
        ({"reason": '"temporary ignore"'}, "says nothing"),
        ({"reason": '"xxxxxxxxxxxxxxxxxxxx"'}, "says nothing"),
        ({"reason": '"            "'}, "says nothing"),
        ({"reason": '"one\\nline\\u202e more"'}, "not one line"),
        ({"reason": "12345678901"}, "not one line"),
        ({"reason": '["a reason in a list"]'}, "not one line"),
        ({"until": '"2027-01-31"'}, "not a date"),
        ({"until": "2027-01-31T00:00:00Z"}, "not a date"),
        ({"until": "2027-05-23"}, "more than 180 days"),
        ({"until": "9999-12-31"}, "more than 180 days"),
        ({"fingerprint": '"0123"'}, "32 hexadecimal"),
        ({"fingerprint": f'"{ONE.upper()}"'}, "32 hexadecimal"),
        ({"fingerprint": f'"{ONE}0"'}, "32 hexadecimal"),
        ({"line": "3"}, "unknown key 'line'"),
    ],
)
def test_an_entry_that_cannot_be_obeyed_is_a_gap_at_its_line_and_hides_nothing(
    values: dict[str, str], word: str
) -> None:
    found, (gap,) = read(written(**values), suppressions.PATH, TODAY)
    assert (gap.practice, gap.scope) == ("policy", ".wardline/suppressions.toml:3")
    assert word in gap.reason
    assert gap.remedy
    assert apply(found, [finding()], TODAY).kept == (finding(),)


@pytest.mark.parametrize(
    ("data", "scope", "word"),
    [
        (b"[[suppression]]\nfingerprint = \n", ":2", "not TOML"),
        (b"\xff", ":1", "UTF-8"),
        (b"suppression = 1", "", "not a list"),
        (b"suppression = [1]", "", "no table"),
        (b"suppressions = []", "", "unknown key"),
        (b"#" * (suppressions.MAX_BYTES + 1), "", "larger"),
    ],
)
def test_a_file_that_is_not_understood_is_a_gap(data: bytes, scope: str, word: str) -> None:
    found, (gap,) = read(data, suppressions.PATH, TODAY)
    assert not found.entries
    assert gap.scope == suppressions.PATH + scope
    assert word in gap.reason


def test_of_two_entries_with_one_fingerprint_the_first_applies_and_the_second_is_a_gap() -> None:
    found, (gap,) = read(written() + written(reason='"quite another reason for it"'), suppressions.PATH, TODAY)
    assert found.entries[ONE].reason == REASON
    assert gap.scope.endswith(":9")


def test_too_many_entries_are_a_gap() -> None:
    _, (gap,) = read(b"[[suppression]]\n" * (suppressions.MAX_ENTRIES + 1), suppressions.PATH, TODAY)
    assert "at most" in gap.reason


def test_the_first_suppression_makes_a_file_that_is_obeyed() -> None:
    content = add(None, ENTRY._replace(rule="vulnerable-dependency", subject='a "quoted" \\ name'), TODAY)
    entry = obeyed(content).entries[ONE]
    assert (entry.reason, entry.until, entry.subject) == (REASON, date(2027, 1, 31), 'a "quoted" \\ name')


def test_an_entry_is_appended_and_everything_else_stays_byte_for_byte() -> None:
    existing = written().replace(b"\n", b"\r\n").rstrip()
    content = add(existing, ENTRY._replace(fingerprint=TWO), TODAY)
    assert content.startswith(existing + b"\r\n\r\n[[suppression]]\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert set(obeyed(content).entries) == {ONE, TWO}


def test_the_same_fingerprint_is_replaced_where_it_stands_and_comments_stay() -> None:
    existing = b"""# top
[[suppression]] # first
# why: see the design page
fingerprint = "%s"
reason = \"\"\"an older reason
over two lines\"\"\"
until = 2026-12-01

# about the second
[[suppression]]
fingerprint = "%s"
reason = "a reason that stays as it is"
until = 2026-12-02
""" % (ONE.encode(), TWO.encode())
    content = add(existing, ENTRY, TODAY).decode()
    assert "# why: see the design page" in content
    assert content.index(REASON) < content.index("# about the second") < content.index(TWO)
    assert "an older reason" not in content
    assert content.startswith("# top\n[[suppression]]\n")


def test_text_that_looks_like_a_header_is_never_guessed_at() -> None:
    existing = written(reason='"""because of\n[[suppression]]\nin the text"""')
    with pytest.raises(SuppressionError):
        add(existing, ENTRY, TODAY)


def test_asking_twice_changes_nothing() -> None:
    once = add(written(), ENTRY._replace(fingerprint=TWO), TODAY)
    assert add(once, ENTRY._replace(fingerprint=TWO), TODAY) == once


def test_a_file_that_starts_with_a_byte_order_mark_is_edited() -> None:
    existing = b"\xef\xbb\xbf[[suppression]]\n" + written().partition(b"[[suppression]]\n")[2]
    content = add(existing, ENTRY._replace(reason="a newer and better reason"), TODAY)
    assert content.startswith(b"\xef\xbb\xbf[[suppression]]")
    assert len(obeyed(content).entries) == 1


def test_entries_in_another_form_are_never_edited_blindly() -> None:
    inline = b'suppression = [{fingerprint = "%s", reason = "%s", until = 2026-12-01}]\n' % (
        ONE.encode(),
        REASON.encode(),
    )
    for fingerprint in (ONE, TWO):
        with pytest.raises(SuppressionError):
            add(inline, ENTRY._replace(fingerprint=fingerprint), TODAY)


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY._replace(fingerprint="0123456789"),
        ENTRY._replace(reason="no"),
        ENTRY._replace(until=TODAY + timedelta(days=MAX_DAYS + 1)),
        ENTRY._replace(subject="\x1b[2J"),
        ENTRY._replace(reason="undecodable \udcff argument"),
    ],
)
def test_what_would_not_be_obeyed_is_not_written(entry: Entry) -> None:
    with pytest.raises(SuppressionError):
        add(None, entry, TODAY)


VALUE = "scrypt:n=1024,r=8,p=1:" + "A" * 22 + ":" + "B" * 43
OTHER = "scrypt:n=1024,r=8,p=1:" + "A" * 22 + ":" + "C" * 43
EXPOSED = finding()._replace(practice="exposure", rule="password-in-code")


def test_an_entry_for_a_value_applies_only_where_that_value_was_met() -> None:
    entries = obeyed(written(value=f'"{VALUE}"'))
    assert apply(entries, [EXPOSED], TODAY).kept == (EXPOSED,)
    assert apply(entries, [EXPOSED], TODAY, held={EXPOSED: f"{ONE} {OTHER}"}).kept == (EXPOSED,)
    met = apply(entries, [EXPOSED], TODAY, held={EXPOSED: f"{ONE} {VALUE}"})
    assert met.kept == ()
    assert met.suppressed[0].suppression is not None


def test_an_entry_without_a_value_hides_no_credential_and_is_a_gap() -> None:
    applied = apply(obeyed(written()), [EXPOSED, finding()], TODAY, held={EXPOSED: ONE})
    assert applied.kept == (EXPOSED,)
    assert [one.practice for one in applied.suppressed] == ["dependencies"]
    (gap,) = applied.gaps
    assert (gap.practice, gap.scope) == ("policy", ".wardline/suppressions.toml:3")
    assert "wardline suppress" in gap.remedy


def test_values_of_one_fingerprint_stand_beside_each_other_up_to_a_bound() -> None:
    content = None
    for number in range(suppressions.MAX_VALUES + 1):
        value = VALUE[:-1] + "ABCDEFGHIJKLMNOPQ"[number]
        content = add(content, ENTRY._replace(value=value), TODAY)
    found, gaps = read(content or b"", suppressions.PATH, TODAY)
    assert len(found.entries) == suppressions.MAX_VALUES
    assert ["one more than" in gap.reason for gap in gaps] == [True]


def test_a_value_takes_the_place_of_an_entry_without_one_and_says_what_it_is_worth() -> None:
    before = add(None, ENTRY, TODAY)
    content = add(before, ENTRY._replace(value=VALUE), TODAY)
    assert content.count(b"[[suppression]]") == 1
    assert content.endswith(b'"  # a weak value can be guessed from this\n')
    assert add(content, ENTRY._replace(value=VALUE), TODAY) == content
    assert add(content, ENTRY._replace(value=OTHER), TODAY).count(b"[[suppression]]") == 2
    (entry,) = obeyed(content).entries.values()
    assert entry.key == f"{ONE} {VALUE}"


@pytest.mark.parametrize("value", ["hunter2", VALUE[:-1], VALUE.replace("1024", "1048576"), VALUE + "A"])
def test_a_value_that_was_not_derived_as_it_should_is_a_gap_and_never_written(value: str) -> None:
    found, gaps = read(written(value=f'"{value}"'), suppressions.PATH, TODAY)
    assert not found.entries
    assert "the value is not as" in gaps[0].reason
    assert value not in repr(gaps)
    with pytest.raises(SuppressionError):
        add(None, ENTRY._replace(value=value), TODAY)


def test_an_unused_value_is_said_with_a_word_about_history() -> None:
    applied = apply(obeyed(written(value=f'"{VALUE}"')), [], TODAY, expected=lambda _: True)
    assert "unless it is for what was once committed" in applied.notes[0]


def test_until_is_a_date_or_a_number_of_days() -> None:
    assert until_date("2027-01-31", TODAY) == date(2027, 1, 31)
    assert until_date("30d", TODAY) == date(2026, 12, 23)
    for wrong in ("soon", "30", "-1d", "2027-13-01", "", "99999d"):
        with pytest.raises(SuppressionError) as caught:
            until_date(wrong, TODAY)
        assert "--until" in caught.value.hint


_TEXT = st.text(alphabet=st.sampled_from("ab 19\"\\'#[]={}\u2028é\t"), max_size=40)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from([ONE, TWO, "a" * 32]), _TEXT, _TEXT), max_size=6))
def test_whatever_is_written_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    content, wanted = None, {}
    for fingerprint, more, subject in rows:
        entry = ENTRY._replace(fingerprint=fingerprint, reason=REASON + more, subject=subject)
        try:
            content = add(content, entry, TODAY)
        except SuppressionError:
            continue
        wanted[fingerprint] = (" ".join(entry.reason.split()), " ".join(subject.split()))
    found = obeyed(content or b"").entries
    assert {key: (entry.reason, entry.subject) for key, entry in found.items()} == wanted


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from([b"[[suppression]]\n", b"reason = 1\n", b"until = 2027-01-01\n", b"[a]\n", b"\xff", b'"']))
)
def test_any_bytes_are_entries_or_gaps(parts: list[bytes]) -> None:
    data = b"".join(parts)
    found, gaps = read(data, suppressions.PATH, TODAY)
    assert not found.entries
    assert gaps or not data
