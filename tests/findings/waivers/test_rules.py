"""What may be asked for, and who decides."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings.waivers.test_model import NOW, SUBJECT, WAIVER
from tests.findings.waivers.world import HOLDS, WHY

from wardline.findings.policy import Policy
from wardline.findings.report import Severity
from wardline.findings.waivers import rules
from wardline.findings.waivers.model import Control, Request, Scope, within
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError
from wardline.kernel.identity.model import Principal

SCOPE = Scope("svc-1", rule="sql-injection")
REQUEST = Request(SCOPE, "fix-in-progress", WHY, Control(HOLDS, check="egress"), NOW + timedelta(days=7))
SEC = Principal("person", "acc-sec", "Sec")


def test_a_request_is_kept_without_the_blanks_around_it() -> None:
    made = rules.checked(REQUEST._replace(justification=f"  {WHY}\n"), now=NOW)
    assert made.justification == WHY


@pytest.mark.parametrize(
    "wrong",
    [
        REQUEST._replace(reason="because"),
        REQUEST._replace(justification="too short"),
        REQUEST._replace(justification="x" * 5000),
        REQUEST._replace(control=Control("none", check="egress")),
        REQUEST._replace(control=Control(HOLDS)),
        REQUEST._replace(expires_at=NOW),
        REQUEST._replace(expires_at=datetime(2026, 4, 1)),  # noqa: DTZ001 - the wrong thing
        REQUEST._replace(scope=Scope("svc-1")),
        REQUEST._replace(scope=Scope("svc-1", rule="*")),
        REQUEST._replace(scope=Scope("svc-1", rule=" sql")),
        REQUEST._replace(scope=Scope("svc-1", fingerprint="F" * 32)),
        REQUEST._replace(scope=Scope("svc-1", fingerprint="0" * 32, rule="both")),
        REQUEST._replace(scope=Scope("svc-1", fingerprint="0" * 32, path_prefix="src")),
    ],
)
def test_a_request_that_leaves_something_open_is_refused_before_anybody_is_bothered(wrong: Request) -> None:
    with pytest.raises(AskedWronglyError):
        rules.checked(wrong, now=NOW)


@pytest.mark.parametrize("severity", ["critical", "high", "medium", "low", "info", "unknown"])
def test_the_longest_life_is_the_severitys(severity: Severity) -> None:
    days = {"critical": 7, "high": 30, "medium": 90, "low": 180, "info": 180, "unknown": 30}[severity]
    rules.check_life(Policy(), severity, NOW, NOW + timedelta(days=days))
    with pytest.raises(AskedWronglyError):
        rules.check_life(Policy(), severity, NOW, NOW + timedelta(days=days, seconds=1))


def test_two_renewals_and_no_more() -> None:
    rules.check_renewals(Policy(), 2)
    with pytest.raises(ConflictError):
        rules.check_renewals(Policy(), 3)


@pytest.mark.parametrize(
    "who",
    [
        SEC._replace(id="acc-dev"),
        SEC._replace(id="acc-own"),
        SEC._replace(id="acc-hand"),
        SEC._replace(kind="workload"),
        SEC._replace(kind="platform"),
    ],
)
def test_who_had_a_part_in_it_does_not_decide(who: Principal) -> None:
    with pytest.raises(DeniedError):
        rules.check_decider(who, WAIVER._replace(involved=frozenset({"acc-hand"})), frozenset(), frozenset())


def test_another_account_of_the_same_person_does_not_decide_either() -> None:
    rules.check_decider(SEC, WAIVER, frozenset(), frozenset())
    for barred, same in ((frozenset({"acc-sec"}), frozenset()), (frozenset(), frozenset({"acc-dev"}))):
        with pytest.raises(DeniedError):
            rules.check_decider(SEC, WAIVER, barred, same)


@given(path=st.text(max_size=30), file=st.text(alphabet="ab/.", max_size=12))
def test_a_path_that_is_let_in_covers_only_what_begins_with_it(path: str, file: str) -> None:
    try:
        plain = rules.checked_path(path)
    except AskedWronglyError:
        return
    assert plain == path.removesuffix("/")
    assert not {"", ".", ".."} & set(plain.split("/"))
    inside = within(Scope("s", rule="r", path_prefix=plain), SUBJECT._replace(file=file))
    assert inside == (file == plain or file.startswith(plain + "/"))


def test_times_are_compared_in_utc() -> None:
    assert rules.longest(Policy(), "critical", NOW) == datetime(2026, 3, 9, 9, tzinfo=UTC)
