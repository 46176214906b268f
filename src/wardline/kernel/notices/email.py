"""E-mail: one message per address and run, as text and HTML, by SMTP with TLS.

`smtp` is `smtps://HOST[:PORT]` (TLS from the start, 465) or `smtp://HOST[:PORT]` (STARTTLS, 587), and STARTTLS is
insisted on: only to this machine itself may mail go without. The file that `smtp_credentials_file` names has a user and
a password, a line each; they are never sent without TLS. Mails say that a machine wrote them (RFC 3834) and name their
list (RFC 2919), so that no vacation answers them and filters are easy; what was sent before has the same Message-ID.
"""

import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from wardline.kernel.errors import WardlineError
from wardline.kernel.notices.mail_page import html_of, text_of
from wardline.kernel.notices.model import CHANNELS, ChannelName, Later, Message, Off, Outcome, Refused, Sent
from wardline.kernel.settings import Settings
from wardline.kernel.text import printable

_SECONDS: Final = 15.0
_MAX_ADDRESS_CHARS: Final = 254  # RFC 5321 §4.5.3.1
_PERMANENT: Final = 500


class MailError(WardlineError):
    """A mail cannot be made or sent: said without any credential."""

    code = "mail"


class Server(NamedTuple):
    """Where mail is handed over."""

    host: str
    port: int
    secure: bool  # TLS from the start


class Email:
    """The channel of that name."""

    name: ChannelName = CHANNELS[0]
    max_sections: int = 25

    def __init__(self, settings: Settings, *, unsafe_loopback: bool = False) -> None:
        self._settings: Final = settings
        self._unsafe_loopback: Final = unsafe_loopback

    def off(self) -> str:
        """Return why no mail can be sent at all; "" where one can."""
        if not self._settings.smtp:
            return "smtp is not set"
        try:
            server(self._settings.smtp)
            _address(self._settings.mail_from)
        except MailError as error:
            return error.detail
        return ""

    def send(self, message: Message) -> Outcome:
        """Send a mail. An address that is refused parks it; whatever the server may recover from is tried again."""
        off = self.off()
        if off:
            return Off(off)
        try:
            mail = made(message, self._settings.mail_from, self._settings.base_url)
        except MailError as error:
            return Refused(error.detail)
        where = server(self._settings.smtp)
        try:
            return self._hand_over(where, mail, message.address)
        except MailError as error:
            return Later(error.detail)
        except smtplib.SMTPAuthenticationError as error:
            return Later(f"{where.host} does not take these credentials ({error.smtp_code})")
        except ssl.SSLCertVerificationError:
            return Later(f"{where.host} shows a certificate that is not trusted here")
        except (smtplib.SMTPException, OSError) as error:
            return _refusal(where, error)

    def _hand_over(self, where: Server, mail: EmailMessage, address: str) -> Outcome:
        context = ssl.create_default_context()
        connection: smtplib.SMTP
        if where.secure:
            connection = smtplib.SMTP_SSL(where.host, where.port, timeout=_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(where.host, where.port, timeout=_SECONDS)
        with connection:
            connection.ehlo()
            encrypted = where.secure
            if not encrypted and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
                encrypted = True
            if not encrypted and not _is_this_machine(where.host):
                raise MailError(f"{where.host} offers no STARTTLS: nothing was sent in the clear")
            if self._settings.smtp_credentials_file is not None:
                if not encrypted and not self._unsafe_loopback:
                    raise MailError(f"{where.host} offers no STARTTLS: credentials are not sent in the clear")
                connection.login(*_credentials(self._settings.smtp_credentials_file))
            connection.send_message(mail, to_addrs=[address])
        return Sent(f"{where.host} took it")


def server(address: str) -> Server:
    """Return the server of an `smtp://` or `smtps://` address. Raises: `MailError`."""
    hint = "write smtps://HOST or smtp://HOST:PORT; the user and password stand in the file of credentials"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise MailError("smtp is no address of a mail server", hint=hint) from None
    plain = not parts.username and not parts.password and parts.path in {"", "/"} and not parts.query
    if parts.scheme not in {"smtp", "smtps"} or not host or not plain:
        raise MailError("smtp is no address of a mail server", hint=hint)
    secure = parts.scheme == "smtps"
    return Server(host, port or (465 if secure else 587), secure)


def made(message: Message, mail_from: str, base_url: str) -> EmailMessage:
    """Return a message as a mail: its headers on one line each, whatever strangers wrote into them.

    Raises: `MailError` for an address that is none: one address, ASCII, no line break, no comment (RFC 5321 §4.1.2).
    """
    sender, receiver = _address(mail_from, "Wardline"), _address(message.address, message.name)
    host = urlsplit(base_url).hostname or "localhost"
    key = sha256(f"{message.key}\n{message.address}".encode("utf-8", "replace")).hexdigest()[:32]
    mail = EmailMessage(policy=SMTP)
    try:
        mail["Subject"] = f"[Wardline] {_plain(message.subject, 160)}"
        mail["From"] = sender
        mail["To"] = receiver
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{key}@{sender.domain}>"
        mail["List-Id"] = f"Wardline notices <notices.{host}>"  # RFC 2919 §2
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
        mail["X-Auto-Response-Suppress"] = "All"
    except (ValueError, MessageError):
        raise MailError("a header of the mail cannot be written") from None
    mail.set_content(text_of(message), cte="quoted-printable")
    mail.add_alternative(html_of(message), subtype="html", cte="quoted-printable")
    return mail


def _address(address: str, name: str = "") -> Address:
    """Return one address, and nothing that could be a second one or another header."""
    hint = "it is one like person@example.org"
    plain = address.isascii() and address.isprintable() and not set(address) & set(' ,;:<>()[]"\\')
    if not plain or len(address) > _MAX_ADDRESS_CHARS or address.count("@") != 1:
        raise MailError(f"{printable(address, max_chars=80)!r} is no address of e-mail", hint=hint)
    try:
        return Address(display_name=_plain(name, 80), addr_spec=address)
    except (ValueError, IndexError, MessageError):
        raise MailError(f"{printable(address, max_chars=80)!r} is no address of e-mail", hint=hint) from None


def _plain(text: str, max_chars: int) -> str:
    return printable(" ".join(text.split()), max_chars=max_chars).encode("utf-8", "replace").decode("utf-8")


def _credentials(path: Path) -> tuple[str, str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise MailError("the file of mail credentials cannot be read") from None
    if len(lines) < 2 or not lines[0] or not lines[1]:
        raise MailError("the file of mail credentials has not a user and a password, a line each")
    return lines[0], lines[1]


def _refusal(where: Server, error: Exception) -> Outcome:
    """Return what an error of the SMTP conversation means: 5yz to the recipient or the mail is for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((answer[0] for answer in error.recipients.values()), default=0)
        said = f"{where.host} does not take mail for this address ({code})"
        return Refused(said) if code >= _PERMANENT else Later(said)
    if isinstance(error, smtplib.SMTPDataError):
        said = f"{where.host} does not take this mail ({error.smtp_code})"
        return Refused(said) if error.smtp_code >= _PERMANENT else Later(said)
    if isinstance(error, smtplib.SMTPResponseException):
        return Later(f"{where.host} answered {error.smtp_code}")
    return Later(f"{where.host} does not answer: {type(error).__name__}")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
