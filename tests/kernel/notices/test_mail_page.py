"""Both bodies of a mail: what strangers wrote stays text."""

from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.notices.mail_page import html_of, text_of
from wardline.kernel.notices.model import Message, Row, Section

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "div", "h1", "p", "br", "table", "tr", "td", "span", "a",
}  # fmt: skip
EVIL = '<script>x</script><img src=x onerror=y>"\'><a href="javascript:z">'


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def page(*sections: Section) -> Reader:
    reader = Reader()
    reader.feed(html_of(Message("k", "a@example.org", "A", NOW, sections)))
    return reader


@given(st.text(max_size=80) | st.just(EVIL))
def test_no_text_becomes_an_element(text: str) -> None:
    rows = (Row(text, text, text, text, text),)
    reader = page(Section(text, text, "https://wardline.example/", rows, 1), Section(text, text, "", (), 0))
    assert {tag for tag, _ in reader.tags} <= ALLOWED
    links = [attributes["href"] for tag, attributes in reader.tags if tag == "a"]
    assert links == ["https://wardline.example/"]
    assert not any(name.startswith("on") or name == "src" for _, attributes in reader.tags for name in attributes)


def test_a_severity_that_is_none_is_no_class() -> None:
    classes = [
        attributes.get("class") for _, attributes in page(Section("s", "", "", (Row("t", severity='x" y'),))).tags
    ]
    assert not any("x" in (name or "").split("-") for name in classes)


def test_the_text_is_wrapped_and_links_stay_whole() -> None:
    link = "https://wardline.example/findings/" + "f" * 80
    text = text_of(Message("k", "a@example.org", "A", NOW, (Section("s" * 200, "word " * 100, link),)))
    assert link in text.splitlines()
    assert all(len(line) <= 72 or line in {link, "s" * 200} for line in text.splitlines())


def test_several_sections_are_told_apart() -> None:
    text = text_of(Message("k", "a", "A", NOW, (Section("One", "", ""), Section("Two", "", ""))))
    assert text.index("One") < text.index("-" * 72) < text.index("Two")
    assert text.endswith("Wardline. A machine wrote this; answers reach nobody.\n")


def test_it_is_readable_in_the_dark() -> None:
    assert "prefers-color-scheme: dark" in html_of(Message("k", "a", "A", NOW, (Section("s", "", ""),)))
