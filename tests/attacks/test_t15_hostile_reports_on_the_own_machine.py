"""T-15: a report of another tool harms whoever hands it to `wardline check --import`, with no server between."""

import gzip
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.conftest import SECRET, Seen

RESULT = {
    "ruleId": "sql", "level": "error", "message": {"text": "from a report"},
    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "app.py"}, "region": {"startLine": 1}}}],
}  # fmt: skip


def sarif(*results: Any) -> bytes:
    runs = [{"tool": {"driver": {"name": "x"}}, "results": list(results)}]
    return json.dumps({"version": "2.1.0", "runs": runs}).encode()


@pytest.fixture
def imported(tree: Path, tmp_path: Path, check: Callable[..., Seen]) -> Callable[[bytes], Seen]:
    """Check the honest tree together with a report of these bytes."""

    def run(report: bytes) -> Seen:
        (tmp_path / "report").write_bytes(report)
        return check(tree, "--import", str(tmp_path / "report"))

    return run


BOMB = gzip.compress(b'{"version":"2.1.0","runs":[{"results":[' + b" " * (64 * 1024 * 1024), 1)

HOSTILE = {
    "deep": b'{"version":"2.1.0","runs":[{"tool":{},"results":' + b"[" * 200_000 + b"]" * 200_000 + b"}]}",
    "deep objects": b'{"version":"2.1.0","runs":[{"results":[' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}]}",
    "cut": sarif(RESULT, RESULT)[:-60],
    "no utf-8": sarif(RESULT).replace(b"from a report", b"\xff\xfe\x80"),
    "numbers": b'{"version":"2.1.0","runs":[{"results":[{"level":' + b"9" * 100_000 + b"}]}]}",
    "wrong types": sarif(None, 1, [], "x", {"ruleId": []}, {"locations": {}}, {"message": 5, "locations": [[]]}),
    "a bomb": BOMB,
    "packed twice": gzip.compress(BOMB),
    "laughs": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>'
    b'<OWASPZAPReport><site name="s"><alerts>&y;</alerts></site></OWASPZAPReport>',
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_a_gap_or_refused_and_the_tree_is_examined(
    imported: Callable[[bytes], Seen], name: str
) -> None:
    seen = imported(HOSTILE[name])
    assert seen.status in {1, 2, 3}, "never a pass"
    assert "Traceback" not in seen.everything
    if seen.status != 2:
        assert seen.report["coverage"]["dependencies"]["examined"] == 1
        assert seen.report["gaps"] or seen.report["findings"]


def test_an_entity_reads_no_file_of_the_victim(imported: Callable[[bytes], Seen], secret: Path) -> None:
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
    seen = imported(
        f'<?xml version="1.0"?>{entity}<OWASPZAPReport><site name="s"><alerts><alertitem><pluginid>1</pluginid>'
        f"<name>&x;</name><riskcode>3</riskcode></alertitem></alerts></site></OWASPZAPReport>".encode()
    )
    assert seen.status != 0
    assert SECRET not in seen.everything


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """Give a port of this machine's, and what anybody said to it."""
    heard: list[bytes] = []
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(4)
        bound.settimeout(30)

        def hear() -> None:
            try:
                heard.append(bound.accept()[0].recv(100))
            except OSError:
                return

        thread = threading.Thread(target=hear, daemon=True)
        thread.start()
        yield bound.getsockname()[1], heard
        bound.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_nothing_that_a_report_names_is_fetched(
    imported: Callable[[bytes], Seen], listener: tuple[int, list[bytes]]
) -> None:
    port, heard = listener
    url = f"http://127.0.0.1:{port}/x"
    result = {**RESULT, "helpUri": url, "hostedViewerUri": url}
    document = json.loads(sarif(result))
    document["$schema"] = url
    document["inlineExternalProperties"] = [{"schema": url}]
    document["runs"][0]["externalPropertyFileReferences"] = {"results": [{"location": {"uri": url}}]}
    document["runs"][0]["originalUriBaseIds"] = {"SRCROOT": {"uri": url}}
    assert imported(json.dumps(document).encode()).status in {1, 3}
    assert heard == []


def test_a_path_in_a_report_leads_nowhere(imported: Callable[[bytes], Seen], secret: Path) -> None:
    named = [str(secret), f"file://{secret}", "../home/.ssh/id_ed25519", "src/../../home/.ssh/id_ed25519", "\x00/x"]
    results = []
    for path in named:
        place = {"artifactLocation": {"uri": path}, "region": {"startLine": 1}}
        results.append({**RESULT, "locations": [{"physicalLocation": place}]})
    seen = imported(sarif(*results))
    assert seen.status in {1, 3}
    assert SECRET not in seen.everything


def test_a_name_or_message_draws_nothing_on_a_terminal(imported: Callable[[bytes], Seen]) -> None:
    nasty = "\x1b[2J\x1b]0;gone\x07 \u202e \x00 ok"
    seen = imported(sarif({**RESULT, "ruleId": nasty, "message": {"text": nasty}}))
    assert "\x1b" not in seen.everything
    assert seen.status == 1


def test_a_suppression_that_a_stranger_writes_hides_no_finding_of_our_own(
    imported: Callable[[bytes], Seen], tree: Path
) -> None:
    (tree / "requirements.txt").write_text("known==1.0\n")
    suppressed = {**RESULT, "suppressions": [{"kind": "external", "status": "accepted", "justification": "all fine"}]}
    seen = imported(sarif(suppressed))
    assert seen.status == 1
    assert [one["rule"] for one in seen.report["findings"]] == ["vulnerable-dependency"]


def test_a_pipe_or_a_folder_in_a_reports_place_stalls_nothing(
    tree: Path, tmp_path: Path, check: Callable[..., Seen]
) -> None:
    (tmp_path / "folder").mkdir()
    assert check(tree, "--import", str(tmp_path / "folder")).status == 2
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(sarif(RESULT),))
    writer.start()
    assert check(tree, "--import", str(tmp_path / "pipe")).status == 1
    writer.join(5)
