"""Waivers as files: what they may say, and that a wrong word is named with its line."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.findings.waivers.files import FOLDER, MAX_BYTES, WaiverFileError, read, read_all
from wardline.findings.waivers.model import Control, Scope

PATH = f"{FOLDER}legacy.toml"
TEXT = """\
# why this one waits
[waiver]
rule = "sql-injection"
path = "src/legacy"
reason = "fix-in-progress"
justification = "The fix is merged upstream; its release is announced for next month."
expires = 2026-04-01
requested_by = "dev@example.org"

[control]
text = "The endpoint is only reachable from inside, and its logs are watched."
attested_by = "lead@example.org"
"""


def test_a_file_says_all_that_a_request_does() -> None:
    filed = read("svc-1", PATH, TEXT.encode())
    assert filed.request.scope == Scope("svc-1", None, "sql-injection", "src/legacy")
    assert filed.request.control.attested_by == "lead@example.org"
    assert filed.request.expires_at == datetime(2026, 4, 2, tzinfo=UTC)  # the end of that day
    assert filed.requested_by == "dev@example.org"


def test_a_time_with_its_zone_is_taken_as_it_is() -> None:
    filed = read("svc-1", PATH, TEXT.replace("2026-04-01", "2026-04-01T12:00:00+02:00").encode())
    assert filed.request.expires_at == datetime(2026, 4, 1, 10, tzinfo=UTC)


def test_a_check_and_a_fingerprint_are_the_other_ways() -> None:
    text = TEXT.replace('rule = "sql-injection"\npath = "src/legacy"', f'fingerprint = "{"0" * 32}"')
    filed = read("svc-1", PATH, text.replace('attested_by = "lead@example.org"', 'check = "egress"').encode())
    assert filed.request.scope == Scope("svc-1", fingerprint="0" * 32)
    assert filed.request.control == Control(filed.request.control.text, check="egress")


def test_comments_and_order_change_nothing_that_is_asked() -> None:
    other = TEXT.replace("# why this one waits", "# another remark")
    assert read("svc-1", PATH, other.encode()).digest == read("svc-1", PATH, TEXT.encode()).digest


def test_a_later_end_is_the_same_request_and_another_reason_is_not() -> None:
    first = read("svc-1", PATH, TEXT.encode())
    later = read("svc-1", PATH, TEXT.replace("2026-04-01", "2026-05-01").encode())
    other = read("svc-1", PATH, TEXT.replace("fix-in-progress", "not-reachable").encode())
    assert (later.kernel, later.digest == first.digest) == (first.kernel, False)
    assert other.kernel != first.kernel


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT + 'approved_by = "sec@example.org"\n', ":13: unknown key 'approved_by' in [control]"),
        (TEXT.replace("[waiver]", "[waiver]\napprovals = 2"), ":3: unknown key 'approvals' in [waiver]"),
        (TEXT + "\n[approval]\nby = 'me'\n", ":14: unknown table or key 'approval'"),
        ("granted = true\n" + TEXT, ":1: unknown table or key 'granted'"),
        (TEXT.replace('"fix-in-progress"', '"because"'), ":5: 'because' is no reason"),
        (TEXT.replace("expires = 2026-04-01", 'expires = "soon"'), ":7: expires is a day"),
        (TEXT.replace("expires = 2026-04-01", "expires = 2026-04-01T00:00:00"), ":7: expires is a day"),
        (TEXT.replace('rule = "sql-injection"', "rule = 7"), ":3: rule is a text"),
        (TEXT.replace("expires = 2026-04-01\n", ""), ": [waiver] expires is missing"),
        (TEXT.partition("[control]")[0], ": [control] text is missing"),
        ("control = 'none'\n" + TEXT.partition("[control]")[0], ":1: control is a table"),
        ("waiver = [\n", ": not TOML"),
    ],
)
def test_a_word_that_is_not_known_is_an_error_with_its_line(text: str, said: str) -> None:
    with pytest.raises(WaiverFileError) as caught:
        read("svc-1", PATH, text.encode())
    assert said in caught.value.detail
    assert caught.value.detail.startswith(PATH)


@pytest.mark.parametrize(
    "path", ["waivers/a.toml", f"{FOLDER}../a.toml", f"{FOLDER}b/a.toml", f"{FOLDER}.toml", f"{FOLDER}a\n.toml"]
)
def test_another_place_is_no_waivers(path: str) -> None:
    with pytest.raises(WaiverFileError):
        read("svc-1", path, TEXT.encode())


def test_too_much_is_refused() -> None:
    with pytest.raises(WaiverFileError):
        read("svc-1", PATH, b"#" * (MAX_BYTES + 1))
    with pytest.raises(WaiverFileError):
        read_all("svc-1", {f"{FOLDER}{number}.toml": TEXT.encode() for number in range(201)})


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_a_waiver_or_an_error_of_ours(content: bytes) -> None:
    with pytest.raises(WaiverFileError):
        read("svc-1", PATH, content)


@given(st.dictionaries(st.sampled_from(["rule", "path", "reason", "expires", "requested_by", "x"]), st.one_of(
    st.text(max_size=5), st.integers(), st.booleans(), st.lists(st.text(max_size=3), max_size=2))))  # fmt: skip
def test_wrong_types_anywhere_are_errors_of_ours(values: dict[str, object]) -> None:
    import rtoml

    with pytest.raises(WaiverFileError):
        read("svc-1", PATH, rtoml.dumps({"waiver": values, "control": {"text": 1}}).encode())
