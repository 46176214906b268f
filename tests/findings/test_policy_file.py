import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.findings.policy import Policy, Step
from wardline.findings.policy_file import PolicyError, read
from wardline.findings.spans import Span

WHOLE = """
[windows]
critical = "3 days"
high = "4 working days"
[halving]
tiers = [1]
factor = 0.25
[cisa]
act = "1 day"
[acknowledge]
low = "9 working days"
[clocks]
leaked_credential = "4 hours"
regression = 0.75
[calendar]
working_days = ["mon", "tue"]
holidays = ["2026-12-25", 2026-12-26]
time_zone = "Europe/Berlin"
[dismissals]
longest = "30 days"
[waivers]
renewals = 0
late_grant_severities = ["low"]
[waivers.longest]
critical = "1 day"
[waivers.approvals]
critical = 2
[[ladder]]
percent = 10
tell = "owner"
[[ladder]]
percent = 200
tell = "executive"
"""


def test_a_file_that_says_nothing_has_every_default():
    assert read("") == Policy()
    assert read(b"\xef\xbb\xbf# nothing\n").digest == Policy().digest


def test_what_a_file_says_stands_and_the_rest_keeps_its_default():
    policy = read(WHOLE)
    assert policy.windows.critical == Span(3)
    assert policy.windows.high == policy.windows.unknown == Span(4, "working days")
    assert policy.windows.medium == Span(90)
    assert policy.acknowledge.info == Span(9, "working days")
    assert policy.halving.factor == 0.25
    assert policy.clocks.ungated_deployment == Span(1, "working days")
    assert policy.calendar.holidays == {date(2026, 12, 25), date(2026, 12, 26)}
    assert (policy.waivers.renewals, policy.waivers.approvals.critical, policy.waivers.approvals.low) == (0, 2, 1)
    assert policy.ladder == (Step(10, "owner"), Step(200, "executive"))
    assert policy.digest != Policy().digest
    assert read(WHOLE + "\n# a remark\n").digest == policy.digest


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ('[windows]\ncritcal = "1 day"', "line 2: [windows] unknown key 'critcal'", "did you mean critical?"),
        ("[window]\n", "line 1: [window] unknown key 'window'", "did you mean windows?"),
        ('\n\n[waivers.longest]\nsevere = "1 day"', "line 4", "there are: critical"),
        ('waivers.longst.low = "1 day"', "line 1", "did you mean longest?"),
        ("[windows]\ncritical = 7", "line 2: [windows] 7 is no length of time", "7 days"),
        ('[windows]\ncritical = "40 days"', "critical (40 days) may take longer than high (30 days)", ""),
        ("[clocks]\nregression = 0", "0 is no share", "0.5"),
        ("[clocks]\nregression = true", "True is no share", ""),
        ("[calendar]\nworking_days = []", "no day of the week", ""),
        ('[calendar]\nholidays = ["Christmas"]', "'Christmas' is none of them", ""),
        ('[calendar]\ntime_zone = "Mars"', "no time zone", "Europe/Berlin"),
        ("windows = 3", "windows is a table", "[windows]"),
        ("ladder = []", "1 to 20 steps", ""),
        ('[[ladder]]\npercent = 150\ntell = "owner"', "nobody is told before it is late", ""),
        ('[[ladder]]\npercent = 50\ntell = "boss"', "line 3: [ladder] 'boss' is nobody to tell", "owner"),
        ('[[ladder]]\npercent = 50\ntel = "owner"', "unknown key 'tel'", "did you mean tell?"),
        ('[[ladder]]\npercent = 50\ntell = "owner"\n' * 2, "each step comes later", ""),
        ('[waivers]\nlate_grant_severities = ["critical"]', "'critical' is none of them", "decided by somebody"),
        ("[waivers.approvals]\nlow = 0", "0 is no such number", "from 1"),
        ("[windows", "line 1", ""),
        ("a = '\ud800'", "not valid UTF-8", ""),
    ],
)
def test_what_cannot_be_obeyed_is_said_with_its_line_and_the_way_out(text, said, hint):
    with pytest.raises(PolicyError) as caught:
        read(text)
    assert said in caught.value.detail
    assert hint in caught.value.hint


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["windows", "ladder", "calendar", "waivers", "clocks", "halving", "cisa", "dismissals"]),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5) | st.booleans() | st.floats(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["critical", "tiers", "holidays", "longest", "percent", "x"]), inner)
            ),
            max_leaves=6,
        ),
    )
)
def test_whatever_is_written_is_read_or_refused_in_words(document):
    import rtoml

    try:
        text = rtoml.dumps(document)
    except rtoml.TomlSerializationError:
        return
    with contextlib.suppress(PolicyError):
        assert read(text).ladder
