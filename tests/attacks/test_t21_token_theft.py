"""T-21: an attacker reads stored tokens, guesses them, or uses one that was lost."""

import ast
import hmac
import inspect
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.conftest import Clock
from tests.identities import World, world

from wardline.kernel import identity
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import DeniedError, UnauthenticatedError
from wardline.kernel.identity import credentials
from wardline.kernel.identity.tables import TOKENS


@pytest.fixture
def platform(lite: Database, clock: Clock) -> World:
    return world(lite, clock)


def test_what_is_stored_of_a_token_opens_nothing(platform: World) -> None:
    _, text = platform.identity.create_token(platform.admin, "x", ["finding:read"])
    with platform.database.reading() as tx:
        row = tx.execute(select(TOKENS)).one()
    stored = bytes(row.hash)
    body = row.id.removeprefix("tok-")
    for guess in (stored.hex(), row.id, f"wl_{body}{stored.hex()[:32]}{text[-7:]}", text[:-7] + "0000000"):
        with pytest.raises(UnauthenticatedError):
            platform.identity.bearer(guess)


def test_a_secret_of_one_token_opens_no_other(platform: World) -> None:
    one, other = (platform.identity.create_token(platform.admin, "x", ["finding:read"])[1] for _ in range(2))
    body = one[3:29] + other[29:61]
    mixed = f"wl_{body}{credentials._checksum(body)}"
    assert credentials.token_parts(mixed) is not None
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(mixed)


def test_a_lost_token_is_dead_with_the_request_after_its_revocation(platform: World) -> None:
    token, text = platform.identity.create_token(platform.admin, "x", ["finding:read"])
    platform.identity.bearer(text)
    platform.identity.revoke_token(platform.admin, token.id)
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(text)


def test_a_stolen_token_makes_no_more_tokens_and_no_friends(platform: World) -> None:
    _, text = platform.identity.create_token(platform.admin, "x", ["finding:read", "token:revoke"])
    thief = platform.identity.bearer(text)
    for attempt in (
        lambda: platform.identity.create_token(thief, "mine", ["finding:read"]),
        lambda: platform.identity.create_account(thief, "Mallory", roles=["admin"]),
        lambda: platform.identity.set_roles(thief, platform.admin.id, ["developer"]),
        lambda: platform.identity.invite(thief, platform.admin.id),
        lambda: platform.identity.bind(thief, "https://ci.example", "svc-1", {"repository": ["a/b"]}),
    ):
        with pytest.raises(DeniedError):
            attempt()


def test_every_refusal_of_a_token_is_the_same_words(platform: World, clock: Clock) -> None:
    revoked, one = platform.identity.create_token(platform.admin, "x", ["finding:read"])
    platform.identity.revoke_token(platform.admin, revoked.id)
    _, expired = platform.identity.create_token(platform.admin, "x", ["finding:read"])
    clock.forward(days=91)
    said = set()
    for text in (one, expired, "wl_nothing", expired[:-7] + "0000000"):
        with pytest.raises(UnauthenticatedError) as raised:
            platform.identity.bearer(text)
        said.add((raised.value.detail, raised.value.hint))
    assert len(said) == 1


def test_secrets_are_compared_in_a_time_that_tells_nothing() -> None:
    assert "hmac.compare_digest" in inspect.getsource(credentials.same)
    assert hmac.compare_digest is credentials.hmac.compare_digest


@pytest.mark.parametrize("path", sorted(Path(identity.__path__[0]).glob("*.py")), ids=lambda path: path.name)
def test_no_secret_of_ours_is_compared_with_an_equals_sign(path: Path) -> None:
    """Whatever is called a digest, secret, nonce, state or CSRF token is compared by `same`, or by the database."""
    watched = {"cookie", "csrf", "csrf_key", "digest", "expected", "hash", "hashed", "nonce", "secret", "state"}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Compare) and any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops):
            in_query = any(isinstance(part, ast.Attribute) and part.attr == "c" for part in ast.walk(node))
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            names |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            assert in_query or not names & watched, f"{path.name}:{node.lineno}"


def test_an_unknown_token_is_worked_on_as_a_known_one_is(platform: World, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def same(one: bytes, other: bytes) -> bool:
        compared.append(len(one))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(credentials, "same", same)
    _, text = platform.identity.create_token(platform.admin, "x", ["finding:read"])
    body = ("0" if text[3] != "0" else "1") + text[4:61]
    unknown = f"wl_{body}{credentials._checksum(body)}"
    platform.identity.bearer(text)
    known = list(compared)
    compared.clear()
    with pytest.raises(UnauthenticatedError):
        platform.identity.bearer(unknown)
    assert compared == known
    assert 32 in compared
