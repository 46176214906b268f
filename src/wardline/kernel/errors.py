"""The one root of every error that Wardline raises, and the table from kinds of error to statuses.

An expected "no" is a value (a verdict with objections), never an exception; so exit status 1 is in no row of the
table. `detail` and `hint` may be shown to whoever asked: they hold no secret, no query and no stack.
"""

from typing import ClassVar, Final, Literal

Kind = Literal[
    "asked wrongly",
    "cannot say",
    "conflict",
    "denied",
    "not found",
    "too large",
    "too many",
    "unauthenticated",
    "unavailable",
]

EXIT_YES: Final = 0
EXIT_NO: Final = 1
EXIT_ASKED_WRONGLY: Final = 2
EXIT_CANNOT_SAY: Final = 3

EXIT_STATUS: Final[dict[Kind, int]] = {
    "asked wrongly": EXIT_ASKED_WRONGLY,
    "cannot say": EXIT_CANNOT_SAY,
    "conflict": EXIT_ASKED_WRONGLY,
    "denied": EXIT_ASKED_WRONGLY,
    "not found": EXIT_ASKED_WRONGLY,
    "too large": EXIT_ASKED_WRONGLY,
    "too many": EXIT_CANNOT_SAY,
    "unauthenticated": EXIT_ASKED_WRONGLY,
    "unavailable": EXIT_CANNOT_SAY,
}

# RFC 9110 §15.5, §15.6 and RFC 6585 §4.
HTTP_STATUS: Final[dict[Kind, int]] = {
    "asked wrongly": 422,
    "cannot say": 500,
    "conflict": 409,
    "denied": 403,
    "not found": 404,
    "too large": 413,
    "too many": 429,
    "unauthenticated": 401,
    "unavailable": 503,
}


class WardlineError(Exception):
    """Something that could not be done, said so that the reader knows the place (`detail`) and the way out (`hint`)."""

    kind: ClassVar[Kind] = "cannot say"
    code: ClassVar[str] = "internal"

    def __init__(self, detail: str, *, hint: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint

    @property
    def exit_status(self) -> int:
        """Return the process's exit status for this kind of error: 2 asked wrongly, 3 cannot say."""
        return EXIT_STATUS[self.kind]


class AskedWronglyError(WardlineError):
    """The request itself is wrong: an unknown option, a path that is not there, an unreadable policy file."""

    kind = "asked wrongly"
    code = "asked-wrongly"


class CannotSayError(WardlineError):
    """The request is right, and no honest answer is possible now."""

    code = "cannot-say"


class NotFoundError(WardlineError):
    """There is no such thing, or none that whoever asked may know of: the two are never told apart."""

    kind = "not found"
    code = "not-found"


class ConflictError(WardlineError):
    """The request is right in itself and contradicts what stands: decided already, changed meanwhile."""

    kind = "conflict"
    code = "conflict"


class DeniedError(WardlineError):
    """Whoever asked is known, and may not."""

    kind = "denied"
    code = "denied"


class UnauthenticatedError(WardlineError):
    """Nobody knows who asks: no session or token, or one that is not valid any more."""

    kind = "unauthenticated"
    code = "unauthenticated"


class TooLargeError(WardlineError):
    """What was sent passes a bound."""

    kind = "too large"
    code = "too-large"


class TooManyError(WardlineError):
    """Asked too often: `retry_after_seconds` says when to ask again."""

    kind = "too many"
    code = "too-many"

    def __init__(self, detail: str, *, hint: str = "", retry_after_seconds: int = 60) -> None:
        super().__init__(detail, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(WardlineError):
    """Something that the answer needs does not answer itself (a database): asking again later is right."""

    kind = "unavailable"
    code = "unavailable"
