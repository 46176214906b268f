"""Signing in: by the identity provider (OpenID Connect), and by one-time links for the first administrator.

Source: OpenID Connect Core 1.0 §3.1 (code flow; §3.1.3.7: ID tokens); RFC 7636 (PKCE, S256); RFC 9700 (best practice);
RFC 9207 (`iss` in the answer). Where providers differ: Microsoft, "Optional claims reference" (`xms_edov` stands for
`email_verified`, which Entra ID does not send; without either an address says nothing) and "ID token claims reference"
(beyond 200 groups the claim is left out and named in `_claim_names`, as Core §5.6.2 has it); Okta, "OpenID Connect &
OAuth 2.0 API" and Google, "OpenID Connect" (`email_verified`, a boolean).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection

from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, DeniedError, UnauthenticatedError, UnavailableError
from wardline.kernel.identity import credential_store, credentials, store
from wardline.kernel.identity.accounts import checked_roles, is_address
from wardline.kernel.identity.keys import Provider
from wardline.kernel.identity.model import PLATFORM, Account, Link, Principal, Redirect, Role, Session, require
from wardline.kernel.identity.workloads import Workloads

LINK_LIFE: Final = timedelta(minutes=15)
FLOW_LIFE: Final = timedelta(minutes=10)
CALLBACK: Final = "/sign-in/callback"
_SCOPE: Final = "openid profile email"
_LONGEST_PATH: Final = 2000
_FAILED: Final = "the sign-in did not come to its end"
_AGAIN: Final = "begin again at the sign-in page"


class SignIn(Workloads):
    """The use cases of signing in."""

    # One-time links

    def first_link(self, now: datetime | None = None) -> str:
        """Return the path of a link that signs the first administrator in: `/sign-in/<token>`, once, for 15 minutes.

        To be called only for somebody who is on the machine. While there is an administrator already, the link is for
        the one that has been longest (whoever is on the machine could change the database too). It voids earlier ones.
        """
        with self._database.transaction() as tx:
            present = store.admins(tx)
            return self._link(tx, present[0].id if present else None, now)

    def invite(self, who: Principal, identifier: str) -> str:
        """Return the path of a link that signs another person in, once: for platforms without an identity provider.

        Whoever may make such links could sign in as that person. It is refused where an identity provider is set, and
        stands in the ledger.

        Raises: `DeniedError`, `NotFoundError`.
        """
        require(who, "account:write")
        if self._settings.oidc_issuer:
            raise DeniedError("people sign in by the identity provider here")
        with self._database.transaction() as tx:
            account = self._known(tx, identifier)
            self._record(tx, who, "account:invited", identifier, name=account.name)
            return self._link(tx, identifier)

    def redeem_link(self, token: str, *, agent: str = "") -> Session:
        """Use a link up and return a new session. Of two who use it at once, one gets in.

        The page behind the link asks for a click first (programs that look at links would use it up).

        Raises: `UnauthenticatedError` for a link that is none, was used, has expired, or for which it is too late since
        somebody else became the first administrator.
        """
        with self._database.transaction() as tx:
            link = credential_store.use_link(tx, credentials.hashed(token), self._clock())
            if link is None or (link.account is None and store.admins(tx)):
                raise UnauthenticatedError("this link does not sign anybody in", hint="links work once, for 15 minutes")
            if link.account is None:
                account = self._create(tx, PLATFORM, "First administrator", roles=("admin",))
            else:
                account = self._known(tx, link.account)
            return self._open(tx, account, agent=agent, how="link")

    def _link(self, tx: Connection, account: str | None, at: datetime | None = None) -> str:
        now = at or self._clock()
        token = credentials.opaque()
        credential_store.put_link(
            tx, Link(ids.new("lnk", now), account, now, now + LINK_LIFE), credentials.hashed(token)
        )
        return f"/sign-in/{token}"

    # OpenID Connect

    def begin(self, return_to: str = "/") -> Redirect:
        """Return where to send a browser that signs in, and the cookie that binds the answer to this browser.

        State, nonce and PKCE verifier all follow from the cookie; only the state's hash is kept here, for one use.

        Raises: `AskedWronglyError` where no identity provider is set; `UnavailableError` where it does not answer.
        """
        provider = self._provider()
        secret = credentials.opaque()
        now = self._clock()
        state = credentials.derived(secret, "state")
        url, _ = self._client(provider, []).create_authorization_url(
            provider.authorization_endpoint,
            state=state,
            nonce=credentials.derived(secret, "nonce"),
            code_verifier=credentials.derived(secret, "verifier"),
        )
        with self._database.transaction() as tx:
            credential_store.put_flow(tx, credentials.hashed(state), local_path(return_to), now, now + FLOW_LIFE)
        return Redirect(url, secret, int(FLOW_LIFE.total_seconds()))

    def complete(self, query: Mapping[str, str], state_cookie: str, *, agent: str = "") -> Session:
        """Return a new session for whoever the identity provider says came back with this answer.

        The state is used up first, so that no answer counts twice; it has to be that of this browser's cookie.

        Raises: `UnauthenticatedError` for everything that does not fit; `DeniedError` for somebody who is known to the
        provider and not here; `UnavailableError`.
        """
        provider = self._provider()
        state = query.get("state", "")
        with self._database.transaction() as tx:
            return_to = credential_store.take_flow(tx, credentials.hashed(state), self._clock())
        bound = credentials.same(credentials.derived(state_cookie, "state").encode(), state.encode("utf-8", "replace"))
        if return_to is None or not bound or query.get("iss", provider.issuer) != provider.issuer:
            raise UnauthenticatedError(_FAILED, hint=_AGAIN)
        code = query.get("code", "")
        if not code or "error" in query:
            raise UnauthenticatedError("the identity provider did not sign this person in", hint=_AGAIN)
        claims = self._exchanged(provider, code, state_cookie)
        with self._database.transaction() as tx:
            account = self._person(tx, provider.issuer, claims)
            return self._open(tx, account, agent=agent, how="oidc", return_to=return_to)

    def _exchanged(self, provider: Provider, code: str, secret: str) -> dict[str, Any]:
        """Return the claims of the ID token that the provider gives for the code."""
        from authlib.common.errors import AuthlibBaseError

        answers: list[tuple[int, dict[str, Any]]] = []
        client = self._client(provider, answers)
        try:
            client.fetch_token(
                provider.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=credentials.derived(secret, "verifier"),
                redirect_uri=self._settings.base_url + CALLBACK,
            )
        except AuthlibBaseError as error:
            raise UnauthenticatedError(_FAILED, hint=_AGAIN) from error
        status, answer = answers[-1]
        token = answer.get("id_token")
        if status != 200 or not isinstance(token, str):
            raise UnauthenticatedError("the identity provider gave no ID token", hint=_AGAIN)
        client_id = self._settings.oidc_client_id
        claims = self._providers.claims(token, provider.issuer, client_id)
        expected = credentials.derived(secret, "nonce")
        if not credentials.same(expected.encode(), str(claims.get("nonce", "")).encode("utf-8", "replace")):
            raise UnauthenticatedError(_FAILED, hint=_AGAIN)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else client_id) != client_id:  # Core §3.1.3.7, 4 and 5
            raise UnauthenticatedError("the ID token was made for somebody else", hint=_AGAIN)
        return claims

    def _person(self, tx: Connection, issuer: str, claims: Mapping[str, Any]) -> Account:
        """Return the account of (issuer, sub). An address only ever leads to an account that nobody has signed in to.

        With an address that the provider has verified, an account that was made ahead (by SCIM, by an administrator)
        becomes theirs; from then on the address means nothing.
        """
        subject = str(claims["sub"])
        account = store.account_of(tx, issuer, subject)
        if account is None:
            account = self._met(tx, issuer, subject, claims)
        if not account.active:
            raise DeniedError("this account is deactivated", hint="ask whoever runs Wardline")
        roles = self._roles(claims)
        if roles is not None and roles != account.roles:
            account = self._set_roles(tx, PLATFORM, self._known(tx, account.id, lock=True), roles)
        return account

    def _met(self, tx: Connection, issuer: str, subject: str, claims: Mapping[str, Any]) -> Account:
        verified = claims.get("email_verified", claims.get("xms_edov"))
        said = claims.get("email") if verified is True else None
        email = said.strip() if isinstance(said, str) and is_address(said.strip()) else None
        known = store.account_by(tx, email=email) if email else None
        if known is not None and (known.seen_at is not None or store.has_subject(tx, issuer, known.id)):
            raise DeniedError(
                "an account with this address belongs to somebody else", hint="an administrator can change its address"
            )
        if known is None:
            name = next((claims[one] for one in _NAMES if isinstance(claims.get(one), str) and claims[one].strip()), "")
            roles = self._roles(claims) or checked_roles(self._settings.oidc_default_roles)
            known = self._create(tx, PLATFORM, (name or subject)[:200], email=email, roles=roles)
        store.put_subject(tx, issuer, subject, known.id, self._clock())
        return known

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role] | None:
        """Return the roles that the person's groups stand for, or None where the settings map none.

        Raises: `DeniedError` where the groups are not told, or give roles that do not go together.
        """
        if not self._settings.oidc_roles:
            return None
        listed = claims.get(self._settings.oidc_groups_claim)
        elsewhere = claims.get("_claim_names")
        if listed is None and isinstance(elsewhere, dict) and self._settings.oidc_groups_claim in elsewhere:
            raise DeniedError(  # to go on would take roles away that the person has
                "the identity provider left this person's groups out: there are too many",
                hint="have it send the groups that are assigned to this application, or app roles instead",
            )
        groups = {one for one in listed if isinstance(one, str)} if isinstance(listed, list) else set()
        pairs = [entry.rpartition("=") for entry in self._settings.oidc_roles]
        found = {role.strip() for group, _, role in pairs if group.strip() in groups}
        try:
            return checked_roles(found or self._settings.oidc_default_roles)
        except AskedWronglyError as error:
            raise DeniedError(error.detail, hint=error.hint) from error

    def _provider(self) -> Provider:
        if not self._settings.oidc_issuer or not self._settings.oidc_client_id:
            raise AskedWronglyError("no identity provider is set", hint="set oidc_issuer and oidc_client_id")
        provider = self._providers.provider(self._settings.oidc_issuer)
        if not provider.authorization_endpoint or not provider.token_endpoint:
            raise UnavailableError("the identity provider names no endpoints to sign in at")
        return provider

    def _client(self, provider: Provider, answers: list[tuple[int, dict[str, Any]]]) -> Any:
        """Return Authlib's client over our bounded requests; what comes back also lands in `answers`."""
        from wardline.kernel.identity.authlib_client import client

        path = self._settings.oidc_client_secret_file
        try:
            secret = path.read_text(encoding="utf-8").strip() if path else None
        except (OSError, UnicodeDecodeError) as error:
            raise UnavailableError("the identity provider's client secret cannot be read") from error
        basic = not provider.token_auth_methods or "client_secret_basic" in provider.token_auth_methods
        return client(
            self._fetch,
            answers,
            client_id=self._settings.oidc_client_id,
            client_secret=secret,
            token_endpoint_auth_method="none" if not secret else f"client_secret_{'basic' if basic else 'post'}",
            redirect_uri=self._settings.base_url + CALLBACK,
            scope=_SCOPE,
            code_challenge_method="S256",
        )


_NAMES: Final = ("name", "preferred_username", "email")


def local_path(return_to: str) -> str:
    """Return the path of ours that somebody wanted to go to; "/" for anything that could lead elsewhere."""
    path = return_to[:_LONGEST_PATH]
    bad = not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(char) < 0x20 for char in path)
    if bad or "\\" in path:
        return "/"
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else "/"
