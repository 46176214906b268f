import pytest
from tests.findings.importers.reports import OWN_FINDING

from wardline.findings.importers.model import Account, Note, UnknownReportError
from wardline.findings.importers.transport import Sender, received
from wardline.findings.report import Coverage, Gap, finding_from_dict
from wardline.kernel.errors import CannotSayError

TOLD = [finding_from_dict(OWN_FINDING), Gap("code", "a", "b", "c", 2), Note("n"), Account("code", Coverage(1, 1))]


def sent(told):
    parts = []
    Sender(parts.append).all(told)
    return [one for part in parts for one in received(part)]


def test_what_is_sent_arrives():
    assert sent(TOLD) == TOLD
    assert sent(TOLD * 1000) == TOLD * 1000


def test_an_error_arrives_as_the_error_that_it_was():
    def told():
        yield TOLD[2]
        raise UnknownReportError("no such format", hint="name one")

    parts = []
    Sender(parts.append).all(told())
    arrived = received(parts[0])
    assert next(arrived) == TOLD[2]
    with pytest.raises(UnknownReportError, match="no such format"):
        next(arrived)


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"[]",
        b"{}",
        b"3",
        b'["finding"]',
        b'["finding", {}]',
        b'["gap", ["a"]]',
        b'["account", "code", [3, 1]]',
        b'["account", "code", ["x"]]',
        b'["error"]',
        b'["who", 1]',
        b"\xff",
    ],
)
def test_a_process_that_was_taken_over_is_not_believed(part):
    with pytest.raises(CannotSayError):
        list(received(part))
