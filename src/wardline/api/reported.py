"""The report's own nouns as OpenAPI describes them, made from `findings.report`, so that the two never differ."""

from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from wardline.api.words import Shown
from wardline.findings.report import Coverage, Finding, Gap, Location, Practice, Severity, Verdict


class UrlLocation(Shown):
    """A finding is at an address."""

    kind: Literal["url"]
    url: str


class ResourceLocation(Shown):
    """A finding is at a resource of a configuration or of a cloud."""

    kind: Literal["resource"]
    resource: str


def _spread(value: Any) -> Any:
    return {"kind": value.kind, value.kind: value.value} if isinstance(value, Location) else value


_PLACE: Final[Any] = Annotated[UrlLocation | ResourceLocation, BeforeValidator(_spread)]


def model_of(kind: type, name: str = "") -> type[BaseModel]:
    """Return the model of one of the report's named tuples, field for field."""
    fields: dict[str, Any] = {field: (_typed(wanted), ...) for field, wanted in get_type_hints(kind).items()}
    made: type[BaseModel] = create_model(
        name or kind.__name__,
        __config__=ConfigDict(from_attributes=True),
        __doc__=(kind.__doc__ or "").partition("\n")[0],
        **fields,
    )
    return made


def _typed(wanted: Any) -> Any:
    """Return a type with every named tuple in it replaced by its model."""
    if wanted is Location:
        return _PLACE
    if isinstance(wanted, type) and hasattr(wanted, "_fields"):
        return model_of(wanted)
    origin, parts = get_origin(wanted), get_args(wanted)
    if isinstance(wanted, UnionType) or origin is Union:
        return Union[tuple(map(_typed, parts))]  # noqa: UP007 - its parts are known when it runs
    if origin is tuple:
        return list[_typed(parts[0])]  # type: ignore[misc] # its part is known when it runs
    return wanted


ReportedFinding: Final[Any] = model_of(Finding, "ReportedFinding")
ReportedGap: Final[Any] = model_of(Gap, "ReportedGap")
ReportedCoverage: Final[Any] = model_of(Coverage, "ReportedCoverage")


class ReportDocument(BaseModel):
    """What `wardline check --format json` writes, schema 1."""

    model_config = ConfigDict(title="Report")

    schema_: Literal[1] = Field(alias="schema")
    verdict: Verdict
    fail_on: Severity
    findings: list[ReportedFinding]
    gaps: list[ReportedGap]
    coverage: dict[Practice, ReportedCoverage]
    suppressed: list[ReportedFinding]
    notes: list[str]
