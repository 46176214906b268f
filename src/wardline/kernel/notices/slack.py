"""Slack, by incoming webhooks: one message per channel and run, in Block Kit.

The file that `slack_webhook_file` names has one line per webhook: `#channel https://…`, and one line with the address
alone for everything else. The addresses are credentials. What strangers wrote is escaped (`&`, `<`, `>`) and marked
`verbatim`, so that it makes no link, no mention and calls nobody; nothing is unfurled.

Sources: docs.slack.dev, "Sending messages using incoming webhooks" (answers: `ok`, and plain words with 400, 403, 404,
410, 429, 500), "Text object" (3000 characters), "Header block" (150), "Blocks" (50 in a message), "Rate limits".
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wardline.kernel.errors import WardlineError
from wardline.kernel.notices import webhook
from wardline.kernel.notices.model import (
    CHANNELS,
    ChannelName,
    Later,
    Message,
    Off,
    Outcome,
    Refused,
    Row,
    Section,
    Sent,
)
from wardline.kernel.settings import Settings
from wardline.kernel.text import printable

_MAX_FILE_BYTES: Final = 64 * 1024
_MAX_HEADER_CHARS: Final = 150
_MAX_TEXT_CHARS: Final = 3000
_MAX_BLOCKS: Final = 50
_MAX_MESSAGE_CHARS: Final = 10_000  # Slack takes somewhat more in all blocks, and says nowhere how much
_MAX_PAUSE_SECONDS: Final = 3600.0
_SEVERITY_MARK: Final[Mapping[str, str]] = {
    "critical": ":red_circle:",
    "unknown": ":large_orange_circle:",
    "high": ":large_orange_circle:",
    "medium": ":large_yellow_circle:",
    "low": ":white_circle:",
    "info": ":white_circle:",
}


class Slack:
    """The channel of that name."""

    name: ChannelName = CHANNELS[1]
    max_sections: int = 12

    def __init__(self, settings: Settings, *, unsafe_loopback: bool = False) -> None:
        self._file: Final = settings.slack_webhook_file
        self._unsafe_loopback: Final = unsafe_loopback

    def off(self) -> str:
        """Return why no message can be sent at all; "" where one can."""
        return "" if self._file else "slack_webhook_file is not set"

    def send(self, message: Message) -> Outcome:
        """Send a message to the webhook of its channel, else to the one for everything."""
        import json

        if self._file is None:
            return Off(self.off())
        try:
            known = read(self._file, unsafe_loopback=self._unsafe_loopback)
            address = known.get(message.address) or known.get("")
            if address is None:
                return Off(f"the file has no webhook for {printable(message.address, max_chars=80)}, and none for all")
            body = json.dumps(payload(message)).encode("utf-8")
            answer = webhook.post(address, body, "application/json", unsafe_loopback=self._unsafe_loopback)
        except WardlineError as error:
            return Later(error.detail)
        return outcome(address, answer)


def read(path: Path, *, unsafe_loopback: bool = False) -> Mapping[str, webhook.Webhook]:
    """Return the webhooks of a file by channel, "" for the one without; read anew each time, so that it can be changed.

    Raises: `WebhookError`, naming the line and never what stands there.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise webhook.WebhookError(f"the file of webhooks cannot be read: {error.strerror}") from None
    if len(content) > _MAX_FILE_BYTES:
        raise webhook.WebhookError("the file of webhooks is too large")
    found: dict[str, webhook.Webhook] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        words = line.split()
        if not words or words[0] == "#" or (words[0].startswith("#") and len(words) != 2):  # a remark
            continue
        channel = words[0] if len(words) == 2 else ""
        if len(words) > 2 or channel in found:
            raise webhook.WebhookError(f"line {number} of the file of webhooks", hint="write: #channel https://…")
        try:
            found[channel] = webhook.parsed(words[-1], unsafe_loopback=unsafe_loopback)
        except webhook.WebhookError as error:
            raise webhook.WebhookError(f"line {number} of the file of webhooks: {error.detail}") from None
    return found


def outcome(address: webhook.Webhook, answer: webhook.Answer) -> Outcome:
    """Return what an answer of Slack's means. What the setting causes is tried again: it may be corrected meanwhile."""
    word = printable(" ".join(answer.text.split()), max_chars=80)
    said = f"{address.host} answered {answer.status}: {word}"
    if answer.status == 200:
        return Sent(word)
    if answer.status == 400 and word not in {"no_service", "no_team", "invalid_token"}:
        return Refused(said)
    if answer.status == 429:
        named = answer.headers.get("retry-after", "").strip()
        seconds = float(named[:6]) if named.isascii() and named.isdecimal() else 30.0
        return Later(said, min(max(seconds, 1.0), _MAX_PAUSE_SECONDS))
    if 300 <= answer.status < 400:
        return Later(f"{address.host} answered {answer.status}: it redirects, and that is not followed")
    return Later(said)


def escaped(text: str, max_chars: int = _MAX_TEXT_CHARS) -> str:
    """Return text for mrkdwn in which nothing is a link, a mention or a command, cut before it is too long for Slack.

    `docs.slack.dev`, "Formatting message text": `&`, `<` and `>` are the characters that mean something to the parser.
    What marks bold, italics and code is separated from what stands before it by nothing visible (U+2060).
    """
    parts: list[str] = []
    length = 0
    for char in text:
        part = _ESCAPES.get(char, char)
        if length + len(part) > max_chars - 1:
            parts.append("…")
            break
        parts.append(part)
        length += len(part)
    return "".join(parts)


_ESCAPES: Final[Mapping[str, str]] = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    **{char: f"\u2060{char}\u2060" for char in "*_~`"},
}


def payload(message: Message) -> dict[str, Any]:
    """Return the JSON body of a message: within all of Slack's limits, whatever it says."""
    blocks: list[dict[str, Any]] = []
    left = _MAX_MESSAGE_CHARS
    for number, section in enumerate(message.sections):
        made = _blocks(section, number)
        size = sum(_chars(block) for block in made)
        if len(blocks) + len(made) > _MAX_BLOCKS - 1 or (blocks and size > left):
            more = len(message.sections) - number
            blocks.append(_context(f"And {more} more, in Wardline."))
            break
        left -= size
        blocks += made
    return {
        "text": escaped(message.subject, 500),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": blocks,
    }


def _blocks(section: Section, number: int) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if number:
        blocks.append({"type": "divider"})
    header = printable(section.subject, max_chars=_MAX_HEADER_CHARS) or "Wardline"
    blocks.append({"type": "header", "text": {"type": "plain_text", "text": header, "emoji": False}})
    if section.text.strip():
        blocks.append(_mrkdwn(escaped(section.text)))
    if section.rows:
        lines: list[str] = []
        length = 0
        for row in section.rows:
            line = _line(row)
            if length + len(line) > _MAX_TEXT_CHARS - 100:
                break
            lines.append(line)
            length += len(line) + 1
        more = section.more + len(section.rows) - len(lines)
        blocks.append(_mrkdwn("\n".join(lines)))
        if more:
            blocks.append(_context(f"And {more} more."))
    if section.link:
        button = {
            "type": "button",
            "text": {"type": "plain_text", "text": "Open in Wardline", "emoji": False},
            "url": section.link,
        }
        blocks.append({"type": "actions", "elements": [button]})
    return blocks


def _line(row: Row) -> str:
    mark = _SEVERITY_MARK.get(row.severity, ":white_circle:")
    said = [f"{mark} *{escaped(row.title, 160)}*", escaped(row.place, 160)]
    said += [escaped(row.move, 80), f"*{escaped(row.left, 60)}*" if row.left else ""]
    return " · ".join(part for part in said if part)


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def _chars(block: Mapping[str, Any]) -> int:
    text = block.get("text")
    return len(text["text"]) if isinstance(text, dict) else 100
