"""Signing in and out: by the identity provider, or by a link that works once; and the colours that people choose."""

from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from wardline.web.asking import KEYS_COOKIE, THEME_COOKIE, THEMES, Asked, local, secure
from wardline.web.routing import Look, Move, cookie_name, state_cookie_name

_YEAR: Final = 365 * 24 * 3600


def sign_in(asked: Asked) -> Response:
    """Return the page: the button of the identity provider, or how to get a link."""
    return asked.html(
        "sign_in.html", provider=asked.services.settings.oidc_issuer, to=local(asked.query.get("to", "/")), token=""
    )


def begin(asked: Asked) -> Response:
    """Go to the identity provider."""
    redirect = asked.services.identity.begin(local(asked.query.get("to", "/")))
    response = RedirectResponse(redirect.url, status_code=303)
    response.set_cookie(
        state_cookie_name(asked.services),
        redirect.state_cookie,
        max_age=redirect.max_age_seconds,
        httponly=True,
        samesite="lax",
        secure=secure(asked.services),
    )
    return response


def complete(asked: Asked) -> Response:
    """Come back from the identity provider, signed in."""
    name = state_cookie_name(asked.services)
    session = asked.services.identity.complete(dict(asked.query), asked.cookies.get(name, ""), agent=asked.agent)
    response = _signed_in(asked, session)
    response.delete_cookie(name, secure=secure(asked.services), httponly=True, samesite="lax")
    return response


def link(asked: Asked) -> Response:
    """Return the page of a one-time link: it asks for a click, as programs that look at links would use it up."""
    return asked.html("sign_in.html", provider="", to="/", token=asked.parameters["token"])


def redeem(asked: Asked) -> Response:
    """Use the link up and be signed in."""
    return _signed_in(asked, asked.services.identity.redeem_link(asked.parameters["token"], agent=asked.agent))


def sign_out(asked: Asked) -> Response:
    """End the session."""
    asked.services.identity.sign_out(asked.session)
    response = RedirectResponse("/sign-in?out=1", status_code=303)
    response.delete_cookie(cookie_name(asked.services), secure=secure(asked.services), httponly=True, samesite="lax")
    return response


def appearance(asked: Asked) -> Response:
    """Keep the colours, and whether "/" leads to the search (WCAG 2.1.4), in cookies of this browser."""
    response = asked.back(asked.form.get("to") or "/")
    theme, keys = asked.form.get("theme"), asked.form.get("keys")
    for name, value, offered in ((THEME_COOKIE, theme, THEMES), (KEYS_COOKIE, keys, ("on", "off"))):
        if value in offered:
            response.set_cookie(
                name, value, max_age=_YEAR, httponly=True, samesite="lax", secure=secure(asked.services)
            )
    return response


def _signed_in(asked: Asked, session: Any) -> Response:
    response = RedirectResponse(local(session.return_to), status_code=303)
    response.set_cookie(
        cookie_name(asked.services),
        session.cookie,
        max_age=max(0, int((session.expires_at - asked.now).total_seconds())),
        httponly=True,
        samesite="lax",
        secure=secure(asked.services),
    )
    return response


ROUTES: Final = (
    Look("/sign-in", sign_in, "anybody"),
    Look("/sign-in/provider", begin, "anybody"),
    Look("/sign-in/callback", complete, "anybody"),
    Look("/sign-in/{token}", link, "anybody"),
    Move("/sign-in/{token}", redeem, "anybody", sign_in),
    Move("/sign-out", sign_out, "a session", sign_in),
    Move("/appearance", appearance, "a session", sign_in),
)
