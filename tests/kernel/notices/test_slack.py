"""What is sent to Slack, within its limits whatever strangers wrote; what its answers mean; what the file may say."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.notices.model import Later, Message, Refused, Row, Section, Sent
from wardline.kernel.notices.slack import Slack, escaped, outcome, payload, read
from wardline.kernel.notices.webhook import Answer, Webhook, WebhookError
from wardline.kernel.settings import Settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOOK = Webhook("hooks.slack.example", 443, "/services/T0/B0/" + "x" * 8, secure=True)
ADDRESS = f"https://{HOOK.host}{HOOK.path}"
LINK = "https://wardline.example/"


def message(*sections: Section) -> Message:
    return Message("key", "#orders", "Orders", NOW, sections or (Section("It burns", "Put it out.", LINK),))


def test_a_message_has_a_header_a_text_and_one_button() -> None:
    body = payload(message())
    assert body["text"] == "It burns"
    assert [block["type"] for block in body["blocks"]] == ["header", "section", "actions"]
    assert body["blocks"][1]["text"] == {"type": "mrkdwn", "text": "Put it out.", "verbatim": True}
    assert body["blocks"][2]["elements"][0]["url"] == LINK
    assert (body["unfurl_links"], body["unfurl_media"], body["mrkdwn"]) == (False, False, False)


def test_rows_say_what_where_whose_move_and_how_long() -> None:
    rows = (Row("A key in the log", "Orders: app.py:3", "yours to repair", "3 hours left", "critical"),)
    text = payload(message(Section("s", "", LINK, rows, 4)))["blocks"][1]["text"]["text"]
    assert text == ":red_circle: *A key in the log* · Orders: app.py:3 · yours to repair · *3 hours left*"
    assert payload(message(Section("s", "", LINK, rows, 4)))["blocks"][2]["elements"][0]["text"] == "And 4 more."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("<https://evil.example|our page>", "&lt;https://evil.example|our page&gt;"),
        ("a & b", "a &amp; b"),
        ("*bold*", "\u2060*\u2060bold\u2060*\u2060"),
        ("`code`", "\u2060`\u2060code\u2060`\u2060"),
    ],
)  # fmt: skip
def test_nothing_in_a_text_is_a_command(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_an_escape_is_never_cut_in_two() -> None:
    assert escaped("&" * 10, 12) == "&amp;&amp;…"


def lengths(blocks: list[dict[str, Any]]) -> int:
    total = 0
    for block in blocks:
        text = block.get("text", {})
        if block["type"] == "header":
            assert 1 <= len(text["text"]) <= 150
        elif block["type"] == "section":
            assert 1 <= len(text["text"]) <= 3000
        total += len(text.get("text", ""))
    return total


texts = st.text(alphabet=st.sampled_from("a&<>*_` \n\u202e😀"), max_size=40).map(lambda text: text * 100)


@given(st.lists(st.builds(Section, texts, texts, st.just(LINK), st.lists(st.builds(Row, texts, texts, texts, texts,
       st.sampled_from(["critical", "", "no severity"])), max_size=25).map(tuple), st.integers(0, 99)),
       min_size=1, max_size=60))  # fmt: skip
def test_whatever_it_says_it_fits(sections: list[Section]) -> None:
    body = payload(message(*sections))
    assert 1 <= len(body["blocks"]) <= 50
    assert lengths(body["blocks"]) <= 13_000
    for block in body["blocks"]:
        if block["type"] == "section":
            rest = block["text"]["text"].replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
            assert not set(rest) & set("&<>")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200, {}, "ok"), Sent("ok")),
        (Answer(400, {}, "invalid_payload"), Refused("hooks.slack.example answered 400: invalid_payload")),
        (Answer(400, {}, "invalid_blocks"), Refused("hooks.slack.example answered 400: invalid_blocks")),
        (Answer(404, {}, "no_service"), Later("hooks.slack.example answered 404: no_service")),
        (Answer(403, {}, "action_prohibited"), Later("hooks.slack.example answered 403: action_prohibited")),
        (Answer(410, {}, "channel_is_archived"), Later("hooks.slack.example answered 410: channel_is_archived")),
        (Answer(500, {}, "rollup_error"), Later("hooks.slack.example answered 500: rollup_error")),
        (Answer(429, {"retry-after": "17"}, "{}"), Later("hooks.slack.example answered 429: {}", 17)),
        (Answer(429, {"retry-after": "99999999"}, ""), Later("hooks.slack.example answered 429: ", 3600)),
        (Answer(429, {"retry-after": "soon"}, ""), Later("hooks.slack.example answered 429: ", 30)),
        (Answer(302, {"location": "http://127.0.0.1/"}, ""),
         Later("hooks.slack.example answered 302: it redirects, and that is not followed")),
    ],
)  # fmt: skip
def test_each_answer_has_its_meaning(answer: Answer, expected: object) -> None:
    assert outcome(HOOK, answer) == expected


def test_the_file_names_a_webhook_for_each_channel_and_one_for_all(tmp_path: Path) -> None:
    file = tmp_path / "webhooks"
    file.write_text(f"# ours\n\n{ADDRESS}\n#orders {ADDRESS}2\n#  a remark of many words\n")
    assert read(file) == {"": HOOK, "#orders": HOOK._replace(path=HOOK.path + "2")}


@pytest.mark.parametrize("line", ["http://hooks.slack.example/x", "one two three", "#orders ftp://x", f"{ADDRESS}#f"])
def test_a_line_that_is_wrong_is_named_and_never_shown(tmp_path: Path, line: str) -> None:
    file = tmp_path / "webhooks"
    file.write_text(f"{ADDRESS}\n{line}\n")
    with pytest.raises(WebhookError) as caught:
        read(file)
    assert "line 2" in caught.value.detail
    assert "/services/" not in caught.value.detail + caught.value.hint
    assert "x" * 8 not in caught.value.detail


def test_a_file_that_is_not_there_is_a_reason_to_try_later(tmp_path: Path) -> None:
    channel = Slack(Settings(tmp_path, slack_webhook_file=tmp_path / "none"))
    assert channel.off() == ""
    assert isinstance(channel.send(message()), Later)
    assert Slack(Settings(tmp_path)).off() == "slack_webhook_file is not set"


def test_a_webhook_never_shows_its_path() -> None:
    assert str(HOOK) == repr(HOOK) == "Webhook(hooks.slack.example)"
    assert "services" not in f"{HOOK} {HOOK!r} {[HOOK]} { ({'': HOOK}) }"
