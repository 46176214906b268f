"""Sync against a server of our own on the loopback interface, and against folders."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.check.dependencies.osv import below, bucket, loose, record, zipped

from wardline.check.dependencies.advisories import index, sync, transfer
from wardline.check.dependencies.advisories.ranking import EPSS_NAME, KEV_NAME
from wardline.check.dependencies.advisories.sync import Synced
from wardline.check.dependencies.advisories.transfer import Remote, TransferError
from wardline.kernel.errors import AskedWronglyError, CannotSayError

pytestmark = pytest.mark.loopback


class Bucket:
    """A bucket that serves a folder, with the ways of a real one, and breaks off where it is told to."""

    def __init__(self, folder):
        self.folder = folder
        self.asked = []
        self.break_after = None
        self.checksum = True
        self.status = {}
        self.lie = {}
        self.seconds_per_chunk = 0.0
        handler = type("Handler", (_Handler,), {"bucket": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        ours = self.bucket
        name = self.path.lstrip("/").replace("%20", " ")
        path = ours.folder / name
        ours.asked.append((name, self.headers.get("Range")))
        if name in ours.status or not path.is_file():
            return self._answer(ours.status.get(name, 404), b"")
        content = path.read_bytes()
        etag = f'"{_md5(content).hex()}"'
        if self.headers.get("If-None-Match") == etag:
            return self._answer(304, b"")
        headers = {"ETag": etag}
        if ours.checksum:
            headers["x-goog-hash"] = f"crc32c=AAAAAA==,md5={b64encode(_md5(content)).decode()}"
        if name in ours.lie:
            content = ours.lie[name]
        asked = self.headers.get("Range")
        if asked and self.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                return self._answer(416, b"")
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return self._answer(206, content[start:], headers)
        return self._answer(200, content, headers)

    def _answer(self, status, content, headers=()):
        self.send_response(status)
        for key, value in dict(headers).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        limit = self.bucket.break_after
        if limit is not None and len(content) > limit:
            self.bucket.break_after = None
            self.wfile.write(content[:limit])
            self.close_connection = True
            return
        try:
            for start in range(0, len(content), 4096):
                self.wfile.write(content[start : start + 4096])
                self.wfile.flush()
                time.sleep(self.bucket.seconds_per_chunk)
        except OSError:
            self.close_connection = True

    def log_message(self, *_arguments):
        pass


def _md5(content):
    return md5(content, usedforsecurity=False).digest()


@pytest.fixture
def upstream(tmp_path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(transfer, "_BACKOFF_SECONDS", 0.01)
    (tmp_path / "upstream").mkdir()
    server = Bucket(tmp_path / "upstream")
    yield server
    server.close()


@pytest.fixture
def mirror(tmp_path):
    return tmp_path / "mirror"


def changes(upstream, *rows, ecosystem="PyPI"):
    (upstream.folder / ecosystem / "modified_id.csv").write_text("".join(f"{when},{name}\n" for when, name in rows))


def outcomes(results):
    return {one.name: one.outcome for one in results}


def ids(mirror):
    found = index.ready(mirror)
    names = {found.core(one.record).id for one in found.about("PyPI", "flask")}
    found.close()
    return names


def test_the_first_sync_brings_zips_and_the_next_asks_for_changes_only(upstream, mirror):
    bucket(upstream.folder, PyPI=[record("A-1", below("1"))], npm=[record("A-2", below("1", ecosystem="npm"))])

    first = sync.sync(mirror, upstream.url)
    second = sync.sync(mirror, upstream.url)

    assert {name for name, outcome in outcomes(first).items() if outcome == "new"} == {"PyPI", "npm"}
    assert {name for name, outcome in outcomes(first).items() if outcome == "absent"} == {
        *sync.ECOSYSTEMS,
    } - {"PyPI", "npm"}
    assert {name for name, outcome in outcomes(second).items() if outcome == "unchanged"} == {"PyPI", "npm"}
    assert (mirror / "ecosystems.txt").read_text() == "PyPI\nnpm\n"
    assert sorted(path.name for path in mirror.iterdir()) == [".lock", "PyPI", "ecosystems.txt", "npm"]
    assert ids(mirror) == {"A-1"}


def test_a_changed_zip_replaces_the_old_one(upstream, mirror):
    bucket(upstream.folder, PyPI=[record("A-1", below("1"))])
    sync.sync(mirror, upstream.url, ecosystems=["PyPI"])
    bucket(upstream.folder, PyPI=[record("A-2", below("1"))])

    assert sync.sync(mirror, upstream.url, ecosystems=["PyPI"]) == [Synced("PyPI", "changed")]
    assert ids(mirror) == {"A-2"}


def test_where_few_records_changed_only_they_are_fetched(upstream, mirror):
    bucket(upstream.folder, PyPI=[record("A-1", below("1")), record("A-2", below("1"))])
    changes(upstream, ("2025-06-01T00:00:00Z", "A-1"))
    sync.sync(mirror, upstream.url, ecosystems=["PyPI"])
    loose(upstream.folder / "PyPI", record("A-2", below("1"), modified="2025-07-01T00:00:00Z", withdrawn="2025-07-01"))
    loose(upstream.folder / "PyPI", record("A-3", below("1"), modified="2025-07-02T00:00:00Z"))
    changes(upstream, ("2025-07-02T00:00:00Z", "A-3"), ("2025-07-01T00:00:00Z", "A-2"), ("2025-06-01T00:00:00Z", "A-1"))
    upstream.asked.clear()

    changed = sync.sync(mirror, upstream.url, ecosystems=["PyPI"])

    assert changed == [Synced("PyPI", "changed", "2 records")]
    assert [name for name, _ in upstream.asked] == ["PyPI/modified_id.csv", "PyPI/A-3.json", "PyPI/A-2.json"]
    assert ids(mirror) == {"A-1", "A-3"}
    assert outcomes(sync.sync(mirror, upstream.url, ecosystems=["PyPI"])) == {"PyPI": "unchanged"}


@pytest.mark.parametrize("why", ["many", "old", "gone", "broken", "unsafe id"])
def test_where_single_records_will_not_do_the_zip_is_fetched(upstream, mirror, monkeypatch, why):
    bucket(upstream.folder, PyPI=[record("A-1", below("1"))])
    changes(upstream, ("2025-06-01T00:00:00Z", "A-1"))
    sync.sync(mirror, upstream.url, ecosystems=["PyPI"])
    loose(mirror / "PyPI", record("A-1", below("1")))
    bucket(upstream.folder, PyPI=[record("A-1", below("1")), record("A-9", below("1"))])
    rows = [("2025-07-01T00:00:00Z", f"A-{number}") for number in (8, 9)]
    match why:
        case "many":
            monkeypatch.setattr(sync, "MAX_CHANGED", 1)
        case "old":
            rows = []
            os.utime(mirror / "PyPI" / "all.zip", (1, 1))
        case "broken":
            (upstream.folder / "PyPI" / "A-8.json").write_text("{")
            (upstream.folder / "PyPI" / "A-9.json").write_text("{")
        case "unsafe id":
            rows = [("2025-07-01T00:00:00Z", "../../../etc/passwd"), ("2025-07-01T00:00:00Z", "A-8")]
    changes(upstream, *rows, ("2025-06-01T00:00:00Z", "A-1"))

    assert sync.sync(mirror, upstream.url, ecosystems=["PyPI"]) == [Synced("PyPI", "changed")]
    assert ids(mirror) == {"A-1", "A-9"}
    assert list((mirror / "PyPI").glob("*.json")) == []
    assert not any("passwd" in name for name, _ in upstream.asked)


def test_a_broken_download_is_continued_where_it_broke_off(upstream, mirror):
    bucket(upstream.folder, PyPI=[record(f"A-{number}", below(f"1.{number}")) for number in range(200)])
    upstream.break_after = 9000

    assert outcomes(sync.sync(mirror, upstream.url, ecosystems=["PyPI"])) == {"PyPI": "new"}
    assert [asked for _, asked in upstream.asked] == [None, None, "bytes=9000-"]
    assert len(ids(mirror)) == 200


def test_what_changed_meanwhile_is_fetched_from_the_start(upstream, mirror):
    bucket(upstream.folder, PyPI=[record(f"A-{number}", below("1")) for number in range(200)])
    upstream.break_after = 9000
    with Remote(upstream.url) as remote, pytest.MonkeyPatch.context() as once:
        once.setattr(transfer, "_TRIES", 1)
        with pytest.raises(TransferError, match="peer closed"):
            remote.bring("PyPI/all.zip", _folder(mirror / "PyPI") / "all.zip", max_bytes=10**9, check=lambda _: None)
    assert (mirror / "PyPI" / ".all.zip.partial").stat().st_size == 9000
    bucket(upstream.folder, PyPI=[record("B-1", below("1"))])

    assert outcomes(sync.sync(mirror, upstream.url, ecosystems=["PyPI"])) == {"PyPI": "new"}
    assert ids(mirror) == {"B-1"}


def _folder(path):
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize("bad", [b"", b"<html>captive portal</html>", "empty zip", "flipped bit"])
@pytest.mark.parametrize("checksum", [True, False])
def test_a_bad_download_never_replaces_a_good_one(upstream, mirror, tmp_path, bad, checksum):
    bucket(upstream.folder, PyPI=[record("A-1", below("1"))])
    sync.sync(mirror, upstream.url, ecosystems=["PyPI"])
    path = bucket(upstream.folder, PyPI=[record("A-2", below("1"))]) / "PyPI" / "all.zip"
    if bad == "empty zip":
        bad = zipped(tmp_path / "empty.zip", []).read_bytes()
    elif bad == "flipped bit":
        content = bytearray(path.read_bytes())
        content[45] ^= 0xFF
        bad = bytes(content)
    upstream.lie["PyPI/all.zip"] = bad
    upstream.checksum = checksum

    (result,) = sync.sync(mirror, upstream.url, ecosystems=["PyPI"])

    assert result.outcome == "failed"
    assert result.detail
    assert ids(mirror) == {"A-1"}
    upstream.lie.clear()
    assert outcomes(sync.sync(mirror, upstream.url, ecosystems=["PyPI"])) == {"PyPI": "changed"}


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_an_upstream_that_fails_leaves_the_others_and_what_was_there(upstream, mirror, status):
    bucket(upstream.folder, PyPI=[record("A-1", below("1"))], npm=[record("A-2", below("1"))])
    sync.sync(mirror, upstream.url, ecosystems=["PyPI", "npm"])
    upstream.status["PyPI/all.zip"] = status
    bucket(upstream.folder, npm=[record("A-3", below("1"))])

    results = sync.sync(mirror, upstream.url, ecosystems=["PyPI", "npm"])

    assert outcomes(results) == {"PyPI": "failed", "npm": "changed"}
    assert str(status) in results[0].detail
    assert ids(mirror) == {"A-1", "A-3"}


def test_an_answer_that_is_too_large_or_too_slow_is_given_up(upstream, mirror, monkeypatch):
    bucket(upstream.folder, PyPI=[record(f"A-{number}", below(f"1.{number}")) for number in range(500)])
    monkeypatch.setattr(sync, "MAX_ZIP_BYTES", 5000)
    (large,) = sync.sync(mirror, upstream.url, ecosystems=["PyPI"])
    monkeypatch.undo()
    upstream.seconds_per_chunk = 0.05
    with Remote(upstream.url, seconds=0.1) as remote, pytest.raises(TransferError, match="too slow"):
        remote.bring("PyPI/all.zip", _folder(mirror / "x") / "all.zip", max_bytes=10**9, check=lambda _: None)

    assert (large.outcome, "larger than" in large.detail) == ("failed", True)
    assert not (mirror / "PyPI" / "all.zip").exists()


def test_nobody_listening_is_an_answer_with_a_reason(mirror, monkeypatch):
    monkeypatch.setattr(transfer, "_BACKOFF_SECONDS", 0.0)

    (result,) = sync.sync(mirror, "http://user:secret@127.0.0.1:9", ecosystems=["PyPI"])

    assert result.outcome == "failed"
    assert "127.0.0.1:9" in result.detail
    assert "secret" not in result.detail


@pytest.mark.parametrize("name", ["../etc", "a/b", "", "a\nb", "..", "x" * 200, "-rf"])
def test_a_name_that_leaves_the_mirror_is_no_ecosystems(mirror, tmp_path, name):
    with pytest.raises(AskedWronglyError):
        sync.sync(mirror, str(tmp_path), ecosystems=[name])


@pytest.mark.parametrize("address", ["ftp://a.example", "/nowhere/at/all", "osv"])
def test_an_upstream_that_is_no_place_is_asked_wrongly_or_refused(mirror, address):
    with pytest.raises(TransferError):
        sync.sync(mirror, address)


def test_a_folder_is_an_upstream_with_all_that_lies_beside_its_zips(tmp_path, mirror):
    source = bucket(tmp_path / "source", PyPI=[record("A-1", below("1"))])
    loose(source / "PyPI", record("A-2", below("1")))

    first = sync.sync(mirror, str(source), ecosystems=["PyPI"])

    assert outcomes(first) == {"PyPI": "new"}
    assert ids(mirror) == {"A-1", "A-2"}
    assert outcomes(sync.sync(mirror, str(source), ecosystems=["PyPI", "npm"])) == {
        "PyPI": "unchanged",
        "npm": "absent",
    }
    (source / "PyPI" / "all.zip").write_bytes(b"rubbish")
    assert outcomes(sync.sync(mirror, str(source), ecosystems=["PyPI"])) == {"PyPI": "failed"}
    assert ids(mirror) == {"A-1", "A-2"}


def test_two_syncs_of_one_mirror_do_not_mix(tmp_path, mirror):
    bucket(tmp_path / "source", PyPI=[record("A-1", below("1"))])

    with sync._alone(mirror), pytest.raises(CannotSayError, match="another sync"):
        sync.sync(mirror, str(tmp_path / "source"))


def test_ranks_are_brought_and_checked_too(upstream, mirror):
    (upstream.folder / "kev.json").write_text(json.dumps({"vulnerabilities": [{"cveID": "CVE-2024-0001"}]}))
    (upstream.folder / "epss.csv").write_text("CVE-2024-0001,0.5\n")
    addresses = {"kev": f"{upstream.url}/kev.json", "epss": f"{upstream.url}/epss.csv"}

    assert outcomes(sync.sync_ranks(mirror, **addresses)) == {KEV_NAME: "new", EPSS_NAME: "new"}
    assert outcomes(sync.sync_ranks(mirror, **addresses)) == {KEV_NAME: "unchanged", EPSS_NAME: "unchanged"}
    (upstream.folder / "kev.json").write_text("<html>")
    assert outcomes(sync.sync_ranks(mirror, **addresses)) == {KEV_NAME: "failed", EPSS_NAME: "unchanged"}
    assert "CVE-2024-0001" in (mirror / KEV_NAME).read_text()


def test_the_status_of_a_mirror_is_its_account(tmp_path, mirror):
    bucket(tmp_path / "source", PyPI=[record("A-1", below("1"))])
    assert sync.status(mirror) is None

    sync.sync(mirror, str(tmp_path / "source"))

    assert sync.status(mirror).ecosystems["PyPI"].records == 1


def test_a_sync_that_is_killed_leaves_a_mirror_that_is_whole_and_the_next_goes_on(upstream, mirror):
    bucket(upstream.folder, PyPI=[record("A-1", below("1"))])
    sync.sync(mirror, upstream.url, ecosystems=["PyPI"])
    bucket(upstream.folder, PyPI=[record(f"B-{number}", below(f"1.{number}")) for number in range(300)])
    upstream.seconds_per_chunk = 0.05
    program = "import sys; from pathlib import Path; from wardline.check.dependencies.advisories import sync; "
    program += "sync.sync(Path(sys.argv[1]), sys.argv[2], ecosystems=['PyPI'])"
    process = subprocess.Popen([sys.executable, "-c", program, mirror, upstream.url])
    partial = mirror / "PyPI" / ".all.zip.partial"
    while not (partial.exists() and partial.stat().st_size > 0):
        time.sleep(0.01)
        assert process.poll() is None

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert ids(mirror) == {"A-1"}
    upstream.seconds_per_chunk = 0.0
    upstream.asked.clear()
    assert outcomes(sync.sync(mirror, upstream.url, ecosystems=["PyPI"])) == {"PyPI": "changed"}
    assert any(asked for _, asked in upstream.asked)
    assert len(ids(mirror)) == 300
