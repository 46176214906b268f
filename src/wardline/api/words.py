"""The types that requests and answers of the API are made of, each with its bounds; what has none is not taken."""

from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

# No control characters: databases refuse U+0000, and a line is a line. Lone surrogates are no text for pydantic at all.
_LINE: Final = r"^[^\x00-\x1f\x7f\u0085\u2028\u2029]+$"
_PROSE: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_ID: Final = r"-[0-7][0-9a-hjkmnp-tv-z]{25}"
_DIGEST: Final = r"^[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$"  # as OCI writes them
_SLUG: Final = r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?"

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_LINE)]
Prose = Annotated[str, StringConstraints(max_length=10_000, pattern=_PROSE)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=_PROSE)]
Email = Annotated[
    str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$")
]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=f"^{_SLUG}$")]
IdOrSlug = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=f"^{_SLUG}$")]
Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
Digest = Annotated[str, StringConstraints(max_length=300, pattern=_DIGEST)]
AnyId = Annotated[str, StringConstraints(pattern=f"^[a-z]{{3}}{_ID}$")]
BindingId = Annotated[str, StringConstraints(pattern=f"^bnd{_ID}$")]
AccountId = Annotated[str, StringConstraints(pattern=f"^acc{_ID}$")]
EventId = Annotated[str, StringConstraints(pattern=f"^evt{_ID}$")]
FindingId = Annotated[str, StringConstraints(pattern=f"^fnd{_ID}$")]
NoticeId = Annotated[str, StringConstraints(pattern=f"^ntc{_ID}$")]
ReportId = Annotated[str, StringConstraints(pattern=f"^rep{_ID}$")]
ServiceId = Annotated[str, StringConstraints(pattern=f"^svc{_ID}$")]
SessionId = Annotated[str, StringConstraints(pattern=f"^ses{_ID}$")]
TeamId = Annotated[str, StringConstraints(pattern=f"^tea{_ID}$")]
TokenId = Annotated[str, StringConstraints(pattern=f"^tok{_ID}$")]
WaiverId = Annotated[str, StringConstraints(pattern=f"^wvr{_ID}$")]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[A-Za-z0-9_-]+$")]
Number = Annotated[int, Field(ge=0, lt=2**53)]


class Asked(BaseModel):
    """What a request may hold: the fields that are named, and no other."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, allow_inf_nan=False)


class Shown(BaseModel):
    """What an answer holds: the fields that are named here, whatever else the value has."""

    model_config = ConfigDict(from_attributes=True)


def _hex(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


Hex = Annotated[str, BeforeValidator(_hex), StringConstraints(pattern=r"^([0-9a-f]{2})*$")]
Sorted = Annotated[list[str], BeforeValidator(_sorted)]
