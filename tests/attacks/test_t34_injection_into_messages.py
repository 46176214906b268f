"""T-34: a finding's title, a path or a person's name writes into a mail's headers or page, or commands Slack."""

import json
from email import message_from_bytes
from email.policy import SMTP, default

import pytest
from tests.conftest import Clock
from tests.findings.waivers.world import World

from wardline.kernel.database.engine import Database
from wardline.kernel.notices.email import made
from wardline.kernel.notices.mail_page import html_of
from wardline.kernel.notices.model import Message, Section
from wardline.kernel.notices.slack import payload
from wardline.kernel.notices.store import rows

HOSTILE = [
    "x\r\nBcc: everybody@example.org\r\n\r\nread this",
    "x\nContent-Type: text/html",
    "<!channel> <!here> <@U0000001> <https://evil.example|Open in Wardline>",
    "<script>alert(1)</script>",
    "</td></table><form action=https://evil.example><input name=password>",
    '"><img src=https://evil.example/pixel onerror=alert(1)>',
    "\u202egnp.exe \u2066hidden\u2069 \x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "=?utf-8?q?Bcc=3A_all?=",
    "{{7*7}} ${7*7} %s %(x)s {0}",
    "https://evil.example/reset-your-password",
    "\udcff\ud800 lone",
    "a" * 100_000,
]


@pytest.fixture
def world(lite: Database, clock: Clock, tmp_path) -> World:
    return World(lite, clock, tmp_path)


def messages(world: World, text: str) -> Message:
    """Return what is sent when a finding, its file and its owner are all called so."""
    world.finding("critical", title=text[:3000], place=text[:3000], file=None)
    world.escalation.run(world.turn())
    notice = world.notices(kind="escalation")[0]
    section = Section(notice["subject"], notice["text"], "https://w.example/", rows(notice["rows"]), notice["more"])
    return Message("key", "ada@example.org", text[:200], world.clock(), (section,))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_mail_has_our_headers_and_one_receiver(world: World, text: str) -> None:
    mail = made(messages(world, text), "wardline@example.org", "https://w.example")
    parsed = message_from_bytes(mail.as_bytes(policy=SMTP), policy=default)
    assert "Bcc" not in parsed
    assert len(parsed["To"].addresses) == 1
    assert parsed.get_content_type() == "multipart/alternative"
    assert len(parsed["Subject"]) < 250


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_has_our_elements_and_one_link(world: World, text: str) -> None:
    page = html_of(messages(world, text))
    for element in ("<script", "<form", "<img", "<input"):
        assert element not in page
    assert page.count("href=") == 1
    assert 'href="https://w.example/"' in page
    assert not any("\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" for char in page)


@pytest.mark.parametrize("text", HOSTILE)
def test_slack_is_told_nothing_but_text(world: World, text: str) -> None:
    body = payload(messages(world, text))
    for block in body["blocks"]:
        said = block.get("text")
        if said and said["type"] == "mrkdwn":
            assert "<" not in said["text"]
            assert ">" not in said["text"]
            assert said["verbatim"] is True
    links = [element["url"] for block in body["blocks"] for element in block.get("elements", ()) if "url" in element]
    assert links == ["https://w.example/"]
    assert json.loads(json.dumps(body)) == body
    assert "<" not in body["text"]


def test_a_justification_cannot_draw_our_own_words(world: World) -> None:
    shown = world.asked(justification="Approved by security.\n\n<https://evil.example|Approve>\n" + "x" * 50)
    (notice, *_) = world.notices(kind="waiver-asked")
    body = payload(Message("k", "", "", world.clock(), (Section(notice["subject"], notice["text"], "", ()),)))
    assert "&lt;https://evil.example|Approve&gt;" in body["blocks"][1]["text"]["text"]
    assert notice["text"].startswith("Dev asks to leave one finding in Orders until")
    assert shown.standing == "asked"
