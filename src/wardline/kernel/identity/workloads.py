"""Workloads of a CI: they prove who they are with the CI's own OIDC token, so that nobody stores a credential there.

Source: GitHub, "OpenID Connect reference" (`repository`, `repository_id`, `ref`, `environment`, `job_workflow_ref`);
GitLab, "OpenID Connect (OIDC) Authentication Using ID Tokens" (`project_path`, `project_id`, `ref`, `ref_protected` as
the text "true"; of a merge request from a fork they name the fork). Both carry a subject; the audience is chosen by the
job and has to be this platform's address.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, NotFoundError, UnauthenticatedError
from wardline.kernel.identity import credential_store
from wardline.kernel.identity.keys import unverified
from wardline.kernel.identity.model import GRANTS, Binding, Principal, require
from wardline.kernel.identity.tokens import Tokens

# A binding names one of these exactly, or any repository of the CI could speak for the service. The numeric ids outlive
# a repository's name, which somebody else may take once it is free.
PINS: Final = frozenset({"project_id", "project_path", "repository", "repository_id", "sub"})
_MAX_CLAIMS: Final = 16
_MAX_VALUES: Final = 32
_LONGEST: Final = 500


class Workloads(Tokens):
    """The use cases of bindings."""

    def bind(self, who: Principal, issuer: str, service: str, claims: Mapping[str, Sequence[str]]) -> Binding:
        """Let the workloads whose tokens have these claims send reports of a service (its id).

        Each claim has one of its values; a value that ends in `*` is a prefix (not for what pins the repository).

        Raises: `AskedWronglyError` for an issuer that is not among the settings' `ci_issuers`, or where no claim pins
        the repository.
        """
        require(who, "catalog:write")
        require(who, "token:create")
        if issuer not in self._settings.ci_issuers:
            raise AskedWronglyError(f"{issuer!r:.80} is not among ci_issuers", hint="name it in the settings first")
        now = self._clock()
        made = Binding(ids.new("bnd", now), issuer, service, _checked(claims), now, who.id)
        shown = {name: list(values) for name, values in made.claims.items()}
        with self._database.transaction() as tx:
            credential_store.put_binding(tx, made)
            self._record(tx, who, "binding:created", made.id, service, issuer=issuer, claims=shown)
        return made

    def unbind(self, who: Principal, identifier: str) -> None:
        """Delete a binding: tokens that it let in are refused from now on."""
        require(who, "catalog:write")
        with self._database.transaction() as tx:
            dropped = credential_store.drop_binding(tx, identifier)
            if dropped is None:
                raise NotFoundError(f"there is no binding {identifier!r:.60}")
            self._record(tx, who, "binding:deleted", identifier, dropped.service, issuer=dropped.issuer)

    def bindings(self, who: Principal, service: str | None = None) -> Sequence[Binding]:
        """Return the bindings of a service, or all, oldest first."""
        require(who, "catalog:read")
        with self._database.reading() as tx:
            return credential_store.bindings(tx, service=service)

    def bearer(self, token: str) -> Principal:
        """Return who sends this token: a person by an API token (`wl_…`), or a workload by a JWT of its CI.

        What it may do is looked up anew: a demotion, a deactivation and a revocation count from the next call on.

        Raises: `UnauthenticatedError`, never saying which part was wrong of an API token; `UnavailableError` where the
        CI's keys cannot be had.
        """
        return self._token_bearer(token) if token.count(".") != 2 else self._workload_bearer(token)

    def _workload_bearer(self, token: str) -> Principal:
        issuer = unverified(token, 1).get("iss")
        if not isinstance(issuer, str) or issuer not in self._settings.ci_issuers:
            raise UnauthenticatedError("this token's issuer is not accepted", hint="ci_issuers lists those that are")
        claims = self._providers.claims(token, issuer, self._settings.base_url)
        with self._database.reading() as tx:
            fitting = [one for one in credential_store.bindings(tx, issuer=issuer) if fits(one.claims, claims)]
        if not fitting:
            raise UnauthenticatedError(
                "this workload is bound to no service", hint="bind its repository to the service first"
            )
        return Principal(
            kind="workload",
            id=fitting[0].id,
            name=f"CI of {str(claims['sub'])[:120]}",
            permissions=GRANTS["machine"],
            services=frozenset(one.service for one in fitting),
            via=str(claims.get("jti") or issuer)[:120],
            expires=datetime.fromtimestamp(int(claims["exp"]), UTC),
        )


def fits(wanted: Mapping[str, Sequence[str]], claims: Mapping[str, Any]) -> bool:
    """Return whether a token's claims have, for every claim of a binding, one of its values."""
    return bool(wanted) and all(_one_of(values, claims.get(name)) for name, values in wanted.items())


def _one_of(values: Sequence[str], value: Any) -> bool:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str | int):
        text = str(value)
    else:
        return False
    return any(text.startswith(one[:-1]) if one.endswith("*") else text == one for one in values)


def _checked(claims: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    checked = {name: tuple(values) for name, values in claims.items()}
    pins = {name: values for name, values in checked.items() if name in PINS}
    if not pins or any("*" in value for values in pins.values() for value in values):
        raise AskedWronglyError(
            "a binding names the repository exactly", hint=f"with one of: {', '.join(sorted(PINS))}"
        )
    sizes = [len(value) for values in checked.values() for value in values]
    if len(checked) > _MAX_CLAIMS or any(not 1 <= len(values) <= _MAX_VALUES for values in checked.values()):
        raise AskedWronglyError("a binding has up to 16 claims, each with 1 to 32 values")
    if not all(0 < size <= _LONGEST for size in sizes) or any("*" in v[:-1] for vs in checked.values() for v in vs):
        raise AskedWronglyError("a claim's value is 1 to 500 characters; * stands only at its end")
    return checked
