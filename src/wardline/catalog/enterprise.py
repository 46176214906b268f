"""The enterprise's attributes of a user (RFC 7643 §4.3) as directories really send them.

The schema's own, but for the manager: nothing of it is needed (Entra ID leaves `$ref` out), and a text or a list of
one, as Entra ID sends in a PATCH, stands for it.
"""

from typing import Annotated, Any

from pydantic import Field, field_validator
from scim2_models import URN, CaseExact, ComplexAttribute, Extension, Mutability


class Manager(ComplexAttribute):
    """Who a user reports to."""

    value: Annotated[str | None, CaseExact.true] = None
    ref: str | None = Field(None, serialization_alias="$ref", validation_alias="$ref")
    display_name: Annotated[str | None, Mutability.read_only] = None


class EnterpriseUser(Extension):
    """What an organisation adds to a user. The platform keeps it and uses none of it."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: str | None = None
    cost_center: str | None = None
    organization: str | None = None
    division: str | None = None
    department: str | None = None
    manager: Manager | None = None

    @field_validator("manager", mode="before")
    @classmethod
    def _as_sent(cls, value: Any) -> Any:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return {"value": value} if isinstance(value, str) else value
