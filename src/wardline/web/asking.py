"""One request by somebody who is known: what they ask, what they may, and how they are answered."""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wardline.kernel.errors import AskedWronglyError, UnavailableError, WardlineError
from wardline.kernel.identity.model import PERMISSIONS, Permission, Principal
from wardline.kernel.paging import Page
from wardline.kernel.text import printable
from wardline.services import Services
from wardline.web import rendering

FLASH_COOKIE: Final = "wardline-flash"
THEME_COOKIE: Final = "wardline-theme"
KEYS_COOKIE: Final = "wardline-keys"
THEMES: Final = ("system", "light", "dark")
_FLASH_SECONDS: Final = 60
_LONGEST_FLASH: Final = 600
_LONGEST_ADDRESS: Final = 2000
PAGE_ROWS: Final = 50

Tone = Literal["done", "problem"]


class Flash(NamedTuple):
    """One line about what was just done, shown once on the next page."""

    tone: Tone
    text: str
    hint: str = ""


class FieldError(AskedWronglyError):
    """One field of a form was filled in wrongly: the page says so beside it."""

    def __init__(self, detail: str, *, field: str, hint: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.field = field


class Form:
    """What a form sent: the last value of each name, without blanks around it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str, default: str = "") -> str:
        """Return one value, stripped."""
        return next((value.strip() for key, value in reversed(self._pairs) if key == name), default)

    def all(self, name: str) -> list[str]:
        """Return every value of a name that was sent more than once."""
        return [value.strip() for key, value in self._pairs if key == name and value.strip()]

    def required(self, name: str, what: str) -> str:
        """Return a value that has to be there.

        Raises: `FieldError` naming the field in words.
        """
        value = self.get(name)
        if not value:
            raise FieldError(f"{what} is missing", field=name, hint="fill it in and send the form again")
        return value

    def whole(self, name: str, what: str, *, least: int, most: int) -> int:
        """Return a whole number between two bounds.

        Raises: `FieldError` naming the field in words.
        """
        value = self.required(name, what)
        if not (value.isascii() and value.isdecimal() and len(value) <= 9 and least <= int(value) <= most):
            raise FieldError(f"{what} is a whole number from {least} to {most}", field=name)
        return int(value)


class Asked:
    """A request, once its session, permission and form token were looked at."""

    def __init__(  # noqa: PLR0913 - a request has these parts
        self,
        services: Services,
        *,
        path: str,
        query: QueryParams,
        parameters: Mapping[str, str],
        cookies: Mapping[str, str],
        who: Principal | None = None,
        session: Any = None,
        form: Form | None = None,
        agent: str = "",
    ) -> None:
        self.services = services
        self.path = path
        self.query = query
        self.parameters = parameters
        self.cookies = cookies
        self.session = session
        self.form = form or Form([])
        self.agent = agent
        self.problem: WardlineError | None = None
        self.now: datetime = services.clock()
        self._who = who

    @property
    def who(self) -> Principal:
        """Whoever asks. Only routes that need nobody signed in have none, and they do not look."""
        if self._who is None:
            raise LookupError(self.path)
        return self._who

    def may(self, permission: Permission) -> bool:
        """Return whether a page shows what needs this permission; the services decide for each thing."""
        return self._who is not None and granted(self._who, permission)

    def page(self) -> Page:
        """Return which piece of a list is asked for: `?after=` and `?rows=`."""
        rows = self.query.get("rows", "")
        limit = min(200, int(rows)) if rows.isascii() and rows.isdecimal() and 0 < len(rows) < 5 else PAGE_ROWS
        return Page(max(1, limit), self.query.get("after") or None)

    def csrf(self) -> str:
        """Return the token that every form of this session carries."""
        return str(self.services.identity.csrf(self.session)) if self.session is not None else ""

    def html(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page."""
        flash = self._flash()
        rendered = rendering.render(
            template,
            {
                "asked": self,
                "who": self._who,
                "may": self.may,
                "now": self.now,
                "path": self.path,
                "csrf": self.csrf(),
                "theme": self.theme,
                "keys": self.cookies.get(KEYS_COOKIE) != "off",
                "here": self.here,
                "base_url": self.services.settings.base_url,
                "role_words": role_words(self._who) if self._who else "",
                "flash": flash,
                "problem": self.problem,
                "wrong": getattr(self.problem, "field", ""),
                "sent": self.form,
                "permissions": PERMISSIONS,
                "solo": self._solo(),
                **values,
            },
        )
        response = HTMLResponse(rendered, status_code=status)
        if flash:
            response.delete_cookie(FLASH_COOKIE)
        return response

    def back(self, to: str, done: str = "") -> Response:
        """Return the answer to a form that did something: go to `to`, and be told once what was `done`."""
        response = RedirectResponse(local(to), status_code=303)
        if done:
            text = json.dumps(["done", printable(done, max_chars=_LONGEST_FLASH)])
            encoded = base64.urlsafe_b64encode(text.encode()).decode("ascii")
            response.set_cookie(
                FLASH_COOKIE,
                f"{encoded}.{self._seal(encoded)}",
                max_age=_FLASH_SECONDS,
                httponly=True,
                samesite="lax",
                secure=secure(self.services),
            )
        return response

    @property
    def here(self) -> str:
        """The address that was asked for, of ours."""
        return local(self.path + (f"?{self.query}" if self.query else ""))

    @property
    def theme(self) -> str:
        """The colours that were chosen: light, dark, or system where none were."""
        chosen = self.cookies.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "system"

    def _solo(self) -> bool:
        """Return whether one person approves alone in this installation's vault; no page stays away over it."""
        try:
            return self.services.vault.solo()
        except UnavailableError:
            return False

    def _flash(self) -> Flash | None:
        """Return what the last form said, if this session's form said it."""
        if self.problem is not None:
            return Flash("problem", self.problem.detail, self.problem.hint)
        encoded, _, seal = self.cookies.get(FLASH_COOKIE, "").partition(".")
        if not seal or self.session is None or not hmac.compare_digest(seal.encode(), self._seal(encoded).encode()):
            return None
        tone, text = json.loads(base64.urlsafe_b64decode(encoded))
        return Flash(tone, text)

    def _seal(self, encoded: str) -> str:
        key = sha256(b"flash:" + self.csrf().encode()).digest()
        return hmac.new(key, encoded.encode(), sha256).hexdigest()[:32]


def granted(who: Principal, permission: Permission) -> bool:
    """Return whether this permission, or the one for every team, was granted at all."""
    return permission in who.permissions or f"{permission}-all" in who.permissions


def role_words(who: Principal) -> str:
    """Return what somebody is here, in a few words: what they may decide, and where they belong."""
    words = "decides waivers and dismissals" if "waiver:approve" in who.permissions else ""
    if "account:write" in who.permissions:
        words = "runs the platform"
    teams = len(who.teams)
    said = [words, f"in {teams} team{'s' if teams != 1 else ''}" if teams else "in no team"]
    return ", ".join(part for part in said if part)


def secure(services: Services) -> bool:
    """Return whether people reach the platform over TLS, so that cookies say so."""
    return services.settings.base_url.startswith("https://")


def local(address: str) -> str:
    """Return an address of ours, "/" for any other: nobody is sent elsewhere by a link that looks like ours."""
    parts = urlsplit(address)
    plain = address.isascii() and address.isprintable() and "\\" not in address and len(address) <= _LONGEST_ADDRESS
    if not plain or parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//"):
        return "/"
    return address
