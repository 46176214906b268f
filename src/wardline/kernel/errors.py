"""The one root of every error that Wardline raises, and the table from kinds of error to exit statuses.

An expected "no" is a value (a verdict with objections), never an exception; so exit status 1 is in no row of the
table. `detail` and `hint` may be shown to whoever asked: they hold no secret, no query and no stack.
"""

from typing import ClassVar, Final, Literal

Kind = Literal["asked wrongly", "cannot say"]

EXIT_YES: Final = 0
EXIT_NO: Final = 1
EXIT_ASKED_WRONGLY: Final = 2
EXIT_CANNOT_SAY: Final = 3

EXIT_STATUS: Final[dict[Kind, int]] = {"asked wrongly": EXIT_ASKED_WRONGLY, "cannot say": EXIT_CANNOT_SAY}


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
