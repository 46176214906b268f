"""The cert auth method: the certificate that TLS asked a client for, for a token.

What TLS checked: that the client has the key, and that the certificate comes from the agent's `--client-ca`. What is
checked here: that a role names this very certificate, or its issuer. Over a Unix socket nobody shows one.

Source: Vault's API documentation, "TLS Certificates auth method (API)"; RFC 5280 (validity, basic constraints).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    absent,
    keys,
    names_field,
    text_field,
    unsupported_operation,
)
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.methods.issuing import Terms, logged_in, terms

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_MOST: Final = 1000
_WRONG: Final = "invalid certificate or no client certificate supplied"
_UNENFORCED: Final = (
    "allowed_dns_sans",
    "allowed_email_sans",
    "allowed_uri_sans",
    "allowed_organizational_units",
    "required_extensions",
    "ocsp_enabled",
)


class _Role(NamedTuple):
    certificate: str
    display_name: str
    names: tuple[str, ...]
    terms: Terms

    def shown(self) -> dict[str, Any]:
        return {
            "allowed_common_names": list(self.names),
            "allowed_names": list(self.names),
            "certificate": self.certificate,
            "display_name": self.display_name,
            "policies": list(self.terms.policies),
            **self.terms.shown(),
        }


class Cert:
    """One cert mount."""

    def __init__(self, estate: Estate, options: Mapping[str, str]) -> None:
        del options
        self._estate = estate
        self._roles: dict[str, _Role] = {}

    def exists(self, path: str) -> bool:
        """Tell whether a role is there already."""
        word, _, name = path.partition("/")
        return word != "certs" or name.lower() in self._roles

    def open_to_all(self, call: Call) -> bool:
        """Let everybody log in."""
        return call.path == "login"

    def answer(self, call: Call) -> Answer:
        """Answer one call below the mount."""
        word, _, name = call.path.partition("/")
        name = name.lower()
        if word == "login" and not name and call.writes:
            return self._login(call)
        if word == "config" and not name:
            if call.writes:
                return NOTHING
            return Answer(data={"disable_binding": False, "enable_identity_alias_metadata": False})
        if word != "certs":
            raise RefusedError(404, "unsupported path")
        if not name:
            if call.operation != "list":
                raise unsupported_operation()
            return keys(sorted(self._roles))
        if call.writes:
            return self._put(call, name)
        if call.operation == "delete":
            self._roles.pop(name, None)
            return NOTHING
        if name not in self._roles:
            raise absent()
        return Answer(data=self._roles[name].shown())

    def _put(self, call: Call, name: str) -> Answer:
        before = self._roles.get(name) or _Role("", name, (), Terms())
        if name not in self._roles and len(self._roles) >= _MOST:
            raise RefusedError(400, f"up to {_MOST} roles stand here")
        for field in _UNENFORCED:
            if call.body.get(field):
                raise RefusedError(400, f"{field} is not enforced here, and so not kept")
        certificate = text_field(call.body, "certificate", before.certificate)
        _read(certificate.encode())
        names = names_field(call.body, "allowed_common_names") or names_field(call.body, "allowed_names")
        self._roles[name] = _Role(
            certificate,
            text_field(call.body, "display_name") or before.display_name,
            before.names if names is None else tuple(names),
            terms(call.body, before.terms),
        )
        return NOTHING

    def _login(self, call: Call) -> Answer:
        from cryptography import x509

        if not call.certificate:
            raise RefusedError(400, "client certificate must be supplied")
        shown = x509.load_der_x509_certificate(call.certificate)
        now = datetime.fromtimestamp(call.now, UTC)
        if not shown.not_valid_before_utc <= now <= shown.not_valid_after_utc:
            raise RefusedError(400, _WRONG)
        wanted = text_field(call.body, "name").lower()
        for name, role in self._roles.items():
            if wanted in {"", name} and _fits(role, shown):
                metadata = {
                    "cert_name": name,
                    "common_name": _common_name(shown),
                    "serial_number": str(shown.serial_number),
                }
                return logged_in(self._estate, role.terms.wish(call.whole, role.display_name, metadata))
        raise RefusedError(400, _WRONG)


def _fits(role: _Role, shown: "Certificate") -> bool:
    trusted = _read(role.certificate.encode())
    if role.names and not any(fnmatchcase(_common_name(shown), name.replace("[", "[[]")) for name in role.names):
        return False
    return shown == trusted or _issued(shown, trusted)


def _issued(shown: "Certificate", issuer: "Certificate") -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        shown.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        return False
    return True


def _common_name(certificate: "Certificate") -> str:
    from cryptography.x509.oid import NameOID

    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _read(content: bytes) -> "Certificate":
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(content)
    except ValueError as error:
        raise RefusedError(400, "failed to parse certificate: one in PEM is expected") from error
