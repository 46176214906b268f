import pytest
from tests.asgi import Plain, ask

from wardline.kernel.serving.limits import MAX_HEADER_BYTES, MAX_HEADERS, MAX_TARGET_BYTES, Limits


def test_a_body_within_its_bound_arrives() -> None:
    assert ask(Limits(Plain(), max_bytes=10), body=[b"12345", b"67890"]).body == b"10 bytes"


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    app = Plain()
    answer = ask(Limits(app, max_bytes=10), headers=[("Content-Length", "11")], body=[])
    assert (answer.status, app.asked) == (413, 0)
    assert answer.headers["connection"] == "close"


def test_a_body_that_does_not_say_is_cut_off_as_it_comes() -> None:
    app = Plain()
    answer = ask(Limits(app, max_bytes=10), body=[b"12345"] * 1000)
    assert answer.status == 413
    assert app.gone


def test_a_length_that_lies_changes_nothing() -> None:
    assert ask(Limits(Plain(), max_bytes=10), headers=[("Content-Length", "1")], body=[b"x" * 11]).status == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "", "9" * 19, "+1"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    assert ask(Limits(Plain()), headers=[("Content-Length", length)]).status == 400


def test_a_request_of_two_lengths_is_refused_before_it_is_read() -> None:
    app = Plain()
    answer = ask(Limits(app), headers=[("Content-Length", "4"), ("Transfer-Encoding", "chunked")], body=[b"1234"])
    assert (answer.status, answer.headers["connection"], app.asked) == (400, "close", 0)
    assert ask(Limits(Plain()), headers=[("Transfer-Encoding", "chunked")], body=[b"1234"]).status == 200


def test_reports_may_be_larger_and_the_longest_beginning_counts() -> None:
    limits = Limits(Plain(), max_bytes=10, larger={"/api": 20, "/api/v1/reports": 100})
    assert ask(limits, "/api/v1/reports", body=[b"x" * 100]).status == 200
    assert ask(limits, "/api/v1/waivers", body=[b"x" * 21]).status == 413
    assert ask(limits, "/", body=[b"x" * 11]).status == 413


def test_an_answer_that_has_begun_is_not_followed_by_another() -> None:
    async def app(_scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            pass
        await send({"type": "http.response.body", "body": b"half"})

    answer = ask(Limits(app, max_bytes=10), body=[b"x" * 11])
    assert (answer.status, answer.body) == (200, b"")


def test_a_mistake_of_the_application_stays_one() -> None:
    async def app(_scope, _receive, _send) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        ask(Limits(app))


def test_a_body_that_comes_too_slowly_is_given_up() -> None:
    one, other = Plain(), Plain()
    assert ask(Limits(one, idle_seconds=0.02), body=[b"x", b"y"], pause=0.2).status == 408
    assert ask(Limits(other, seconds=0.1), body=[b"x"] * 100, pause=0.01).status == 408
    assert one.gone
    assert other.gone


def test_headers_and_addresses_have_bounds() -> None:
    limits = Limits(Plain())
    assert ask(limits, headers=[(f"x-{number}", "1") for number in range(MAX_HEADERS)]).status == 431
    assert ask(limits, headers=[("x", "1" * MAX_HEADER_BYTES)]).status == 431
    assert ask(limits, "/" + "a" * MAX_TARGET_BYTES).status == 414
    assert ask(limits, query="a" * MAX_TARGET_BYTES).status == 414
    assert ask(limits, headers=[("x", "1" * 1000)]).status == 200
