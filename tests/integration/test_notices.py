"""Notices over real sockets: a mail server and Slack's incoming webhooks, on the loopback address."""

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.conftest import Clock
from tests.findings.waivers.world import OneTurn
from tests.integration.mail_server import MailServer, certificate, running

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError, UnavailableError
from wardline.kernel.identity.model import Principal, granted
from wardline.kernel.notices.email import Email
from wardline.kernel.notices.model import Later, Message, Outcome, Recipient, Refused, Section, Sent
from wardline.kernel.notices.service import Notices
from wardline.kernel.notices.slack import Slack
from wardline.kernel.paging import Page
from wardline.kernel.settings import Settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MESSAGE = Message("key", "ada@example.org", "Ada", NOW, (Section("It burns", "Put it out.", "https://w.example/"),))
FROM = "wardline@example.org"
WORD = "sesame"  # opens the mail server
ADMIN = Principal("person", "acc-admin", "Admin", granted(frozenset({"admin"})))
DEV = Principal("person", "acc-dev", "Dev", granted(frozenset({"developer"})))


@dataclass
class FakeSlack:
    """Answers as Slack does, in turn, and remembers what was asked."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)


def slack_server(fake: FakeSlack, files: tuple[Path, Path] | None = None) -> Iterator[FakeSlack]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fake.asked.append((self.path, self.headers["Content-Type"], body))
            status, headers, text = fake.answers.pop(0) if fake.answers else (200, {}, "ok")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        scheme = "http"
        if files is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*files)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        fake.url = f"{scheme}://127.0.0.1:{server.server_port}/services/T0/B0/token"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield fake
        server.shutdown()


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    yield from slack_server(FakeSlack())


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


def settings(tmp_path: Path, **said: object) -> Settings:
    return Settings(tmp_path, mail_from=FROM, url="https://wardline.example", **said)  # type: ignore[arg-type]


def chat(tmp_path: Path, url: str) -> Slack:
    file = tmp_path / "webhooks"
    file.write_text(url)
    return Slack(settings(tmp_path, slack_webhook_file=file), unsafe_loopback=True)


def test_slack_takes_a_message(slack: FakeSlack, tmp_path: Path) -> None:
    assert chat(tmp_path, slack.url).send(MESSAGE) == Sent("ok")
    ((path, kind, body),) = slack.asked
    assert (path, kind) == ("/services/T0/B0/token", "application/json")
    assert json.loads(body)["blocks"][0]["text"]["text"] == "It burns"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, {}, "invalid_payload"), Refused),
        ((404, {}, "no_service"), Later),
        ((429, {"Retry-After": "30"}, '{"ok":false,"error":"rate_limited"}'), Later),
        ((302, {"Location": "http://169.254.169.254/latest/meta-data/"}, ""), Later),
        ((500, {}, "x" * 100_000), Later),
    ],
)
def test_each_of_slacks_answers_is_understood_and_none_is_followed(
    slack: FakeSlack, tmp_path: Path, answer: tuple[int, dict[str, str], str], kind: type[Outcome]
) -> None:
    slack.answers = [answer]
    found = chat(tmp_path, slack.url).send(MESSAGE)
    assert isinstance(found, kind)
    assert len(slack.asked) == 1
    assert "services" not in found.said
    assert "token" not in found.said


def test_slack_that_is_not_there_is_tried_later(tmp_path: Path) -> None:
    found = chat(tmp_path, "http://127.0.0.1:9/services/token").send(MESSAGE)
    assert found == Later("127.0.0.1 does not answer: ConnectionRefusedError")


def test_a_server_that_answers_nonsense_is_tried_later(tmp_path: Path) -> None:
    import socketserver

    class Nonsense(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(100)
            self.request.sendall(b"\x00\x01 nonsense\r\n\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Nonsense) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        found = chat(tmp_path, f"http://127.0.0.1:{server.server_address[1]}/x").send(MESSAGE)
    assert isinstance(found, Later)


def test_a_certificate_is_checked(tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for fake in slack_server(FakeSlack(), files):
        channel = chat(tmp_path, fake.url)
        assert channel.send(MESSAGE) == Later("127.0.0.1 shows a certificate that is not trusted here")
        assert fake.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
        assert channel.send(MESSAGE) == Sent("ok")


@pytest.mark.parametrize("secure", [False, True])
def test_mail_travels_encrypted_and_arrives_whole(
    tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, *, secure: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    credentials = tmp_path / "credentials"
    credentials.write_text(f"wardline\n{WORD}\n")
    with running(MailServer(password=WORD), files, secure=secure) as mail:
        scheme = "smtps" if secure else "smtp"
        found = Email(
            settings(tmp_path, smtp=f"{scheme}://127.0.0.1:{mail.port}", smtp_credentials_file=credentials)
        ).send(MESSAGE)
    assert found == Sent("127.0.0.1 took it")
    assert mail.encrypted == [True]
    assert mail.envelopes[0][1] == ["TO:<ada@example.org>"]
    arrived = message_from_bytes(mail.mails[0], policy=default)
    assert arrived["Subject"] == "[Wardline] It burns"
    assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]


def test_a_mail_server_whose_certificate_is_not_trusted_gets_nothing(tmp_path: Path, files: tuple[Path, Path]) -> None:
    with running(MailServer(), files) as mail:
        found = Email(settings(tmp_path, smtp=f"smtp://127.0.0.1:{mail.port}")).send(MESSAGE)
    assert found == Later("127.0.0.1 shows a certificate that is not trusted here")
    assert mail.mails == []


def test_credentials_are_not_sent_in_the_clear(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(f"wardline\n{WORD}\n")
    with running(MailServer(password=WORD), None) as mail:
        told = settings(tmp_path, smtp=f"smtp://127.0.0.1:{mail.port}", smtp_credentials_file=credentials)
        found = Email(told).send(MESSAGE)
        assert found == Later("127.0.0.1 offers no STARTTLS: credentials are not sent in the clear")
        assert not any(command.startswith(("AUTH", "MAIL")) for command in mail.commands)


def test_mail_to_another_machine_is_not_sent_in_the_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wardline.kernel.notices.email._is_this_machine", lambda _: False)
    with running(MailServer(), None) as mail:
        found = Email(settings(tmp_path, smtp=f"smtp://127.0.0.1:{mail.port}")).send(MESSAGE)
    assert found == Later("127.0.0.1 offers no STARTTLS: nothing was sent in the clear")
    assert mail.mails == []


def test_a_wrong_password_is_said_without_it(
    tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    credentials = tmp_path / "credentials"
    credentials.write_text(f"wardline\nwrong-{WORD}\n")
    with running(MailServer(password=WORD), files) as mail:
        told = settings(tmp_path, smtp=f"smtp://127.0.0.1:{mail.port}", smtp_credentials_file=credentials)
        found = Email(told).send(MESSAGE)
    assert found == Later("127.0.0.1 does not take these credentials (535)")


@pytest.mark.parametrize(
    ("refuse", "kind"),
    [
        ({"RCPT": "550 nobody here"}, Refused),
        ({"RCPT": "451 greylisted"}, Later),
        ({"DATA": "554 no"}, Refused),
        ({"DATA": "452 full"}, Later),
    ],
)
def test_what_the_server_refuses_for_good_is_parked_and_the_rest_tried_again(
    tmp_path: Path, refuse: dict[str, str], kind: type[Outcome]
) -> None:
    with running(MailServer(refuse=refuse), None) as mail:
        found = Email(settings(tmp_path, smtp=f"smtp://127.0.0.1:{mail.port}")).send(MESSAGE)
    assert isinstance(found, kind)


def test_a_mail_server_that_is_not_there_is_tried_later(tmp_path: Path) -> None:
    found = Email(settings(tmp_path, smtp="smtp://127.0.0.1:9")).send(MESSAGE)
    assert found == Later("127.0.0.1 does not answer: ConnectionRefusedError")


def test_the_service_posts_sends_lists_and_tries(
    database: Database, clock: Clock, tmp_path: Path, slack: FakeSlack
) -> None:
    webhooks = tmp_path / "webhooks"
    webhooks.write_text(slack.url)
    with running(MailServer(), None) as mail:
        told = settings(tmp_path, smtp=f"smtp://127.0.0.1:{mail.port}", slack_webhook_file=webhooks)
        notices = Notices(database, clock, told, unsafe_loopback=True)
        assert notices.channels(ADMIN) == {"email": "", "slack": ""}
        team = Recipient("tea-1", "Orders", "orders@example.org", "")
        with database.transaction() as tx:
            notices.post(tx, kind="t", to=team, subject="It burns", text="Now.", link="/findings/f", dedupe="d")
        (duty,) = notices.duties()
        assert duty.run(OneTurn(database, clock)) == "2 sent"
        assert len(mail.mails) == len(slack.asked) == 1
        (one,) = notices.list(ADMIN, Page()).rows
        assert [(two.channel, two.state) for two in one.deliveries] == [("email", "sent"), ("slack", "sent")]
        assert notices.list(DEV, Page()).rows == []
        assert notices.test(ADMIN, "email", "ada@example.org") == "127.0.0.1 took it"
        assert notices.test(ADMIN, "slack") == "ok"
        slack.answers = [(404, {}, "no_service")]
        with pytest.raises(UnavailableError, match="no_service"):
            notices.test(ADMIN, "slack")
        for wrong, error in (("pigeon", AskedWronglyError), ("email", UnavailableError)):
            with pytest.raises(error):
                notices.test(ADMIN, wrong, "nobody")
        with pytest.raises(DeniedError):
            notices.test(DEV, "slack")
        with pytest.raises(ConflictError):
            notices.retry(ADMIN, one.id)
        with pytest.raises(NotFoundError):
            notices.retry(ADMIN, "fnd-" + "0" * 26)
        with pytest.raises(DeniedError):
            notices.retry(DEV, one.id)
        with pytest.raises(DeniedError):
            notices.channels(DEV)
        with pytest.raises(AskedWronglyError):
            notices.list(ADMIN, Page(), state="lost")


def test_the_service_says_what_is_not_set_up(lite: Database, clock: Clock, tmp_path: Path) -> None:
    notices = Notices(lite, clock, settings(tmp_path))
    assert notices.channels(ADMIN) == {"email": "smtp is not set", "slack": "slack_webhook_file is not set"}
    with pytest.raises(AskedWronglyError, match="slack_webhook_file"):
        notices.test(ADMIN, "slack")
