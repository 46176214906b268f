"""What an upload may say: gaps are never cut off in silence, and the same is known again."""

from tests.findings.world import World, finding

from wardline.findings import uploads
from wardline.findings.model import Upload
from wardline.findings.uploads import MAX_GAPS


def gaps(practice: object, count: int) -> tuple[dict[str, object], ...]:
    return tuple({"practice": practice, "scope": f"src/elsewhere{number}.py"} for number in range(count))


def test_gaps_that_are_not_listed_are_counted_and_stand_for_their_whole_practice():
    assert uploads.listed(gaps("code", MAX_GAPS)) == gaps("code", MAX_GAPS)
    listed = uploads.listed((*gaps("code", MAX_GAPS + 1), *gaps("pipeline", 1200), *gaps(["odd"], 1)))
    assert listed[:MAX_GAPS] == gaps("code", MAX_GAPS)
    assert [(gap["practice"], gap["scope"], gap["reason"]) for gap in listed[MAX_GAPS:]] == [
        ("", ".", "1 more gaps of this practice are not listed here"),
        ("code", ".", "1 more gaps of this practice are not listed here"),
        ("pipeline", ".", "1,200 more gaps of this practice are not listed here"),
    ]


def test_what_may_lie_in_a_gap_that_is_not_listed_stays_open(small: World):
    small.send(finding(1))
    small.clock.forward(days=1)
    receipt = small.send(gaps=gaps("code", MAX_GAPS + 1))
    assert (receipt.fixed, receipt.gaps) == (0, MAX_GAPS + 1)
    small.clock.forward(days=1)
    assert small.send(gaps=(*gaps("code", MAX_GAPS), *gaps("pipeline", 5))).fixed == 1


def test_what_was_sent_before_is_known_by_its_bytes_without_being_read(small: World):
    def unread():
        raise AssertionError("nobody has to read this")
        yield finding(1)

    sent = Upload(small.service, "bandit", (finding(1),), complete=frozenset({"code"}), said=b"these bytes")
    assert small.findings.repeated(small.ci, sent._replace(findings=unread())) is None
    first = small.findings.receive(small.ci, sent)
    again = small.findings.repeated(small.ci, sent._replace(findings=unread()))
    assert (again.report, again.repeated, again.opened) == (first.report, True, 1)
    for other in ({"said": b"other bytes"}, {"source": "semgrep"}, {"branch": "x"}, {"commit": "c" * 40}):
        assert small.findings.repeated(small.ci, sent._replace(findings=unread(), **other)) is None
    assert small.findings.receive(small.ci, sent).repeated


def test_the_same_bytes_after_others_are_news(small: World):
    def sent(said: bytes, *found: object) -> Upload:
        findings = tuple(map(finding, found))
        return Upload(small.service, "bandit", findings, complete=frozenset({"code"}), said=said)

    small.findings.receive(small.ci, sent(b"one", 1))
    small.clock.forward(days=1)
    assert small.findings.receive(small.ci, sent(b"none")).fixed == 1
    small.clock.forward(days=1)
    assert small.findings.repeated(small.ci, sent(b"one", 1)) is None
    assert small.findings.receive(small.ci, sent(b"one", 1)).reopened == 1
