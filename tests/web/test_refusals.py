import asyncio

import httpx
import pytest
from tests.web.conftest import seen

from wardline.kernel.serving.asgi import refuse
from wardline.web.refusals import Refusals, page


async def refusing(scope, receive, send):
    if scope["path"] == "/fine":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"as ", "more_body": True})
        await send({"type": "http.response.body", "body": b"it is"})
        return
    await refuse(send, 429, "asked too often <b>", [(b"retry-after", b"7")])


def ask(path, accept="text/html,*/*"):
    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Refusals(refusing)), base_url="http://x") as client:
            return await client.get(path, headers={"accept": accept})

    return asyncio.run(asked())


def test_people_get_a_page_with_the_way_out():
    answer = ask("/findings?due=7")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "A little slower" in answer.text
    assert "asked too often &lt;b&gt;" in answer.text.lower()
    assert "/findings" in seen(answer.text).links


@pytest.mark.parametrize(("path", "accept"), [("/api/v1/findings", "text/html"), ("/findings", "application/json")])
def test_programs_get_the_problem(path, accept):
    answer = ask(path, accept)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "asked too often <b>"


def test_whatever_is_no_problem_goes_through_as_it_is():
    assert ask("/fine").text == "as it is"


@pytest.mark.parametrize("problem", [b"", b"\xff", b"[]", b'"x"', b"null", b"[" * 9000, b'{"detail": {"a": 1}}'])
def test_a_strange_problem_is_a_page_all_the_same(problem):
    assert b"<h1>" in page(503, problem, "//evil.example")
    assert b"evil" not in page(503, problem, "//evil.example")
