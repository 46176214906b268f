"""A mail server for tests: speaks as much SMTP (RFC 5321) as a client that hands over mail needs, and remembers.

With TLS from the start (`secure`), by STARTTLS (RFC 3207), or without; with AUTH PLAIN (RFC 4954) where it has a
password. `refuse` answers RCPT or DATA with what it is told to.
"""

import base64
import contextlib
import datetime as dt
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """What the server was told and what it saw."""

    port: int = 0
    starttls: bool = True
    password: str = ""
    refuse: dict[str, str] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return a new certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


class Conversation(socketserver.StreamRequestHandler):
    """One client, until it says QUIT or goes away."""

    state: ClassVar[MailServer]
    context: ClassVar[ssl.SSLContext | None]
    secure: ClassVar[bool]

    def handle(self) -> None:
        self.encrypted, self.sender, self.receivers = False, "", list[str]()
        try:
            if self.secure:
                self.wrap()
            self.say("220 ready")
            while line := self.rfile.readline().decode().rstrip("\r\n"):
                self.state.commands.append(line)
                word, _, rest = line.partition(" ")
                if word.upper() == "QUIT":
                    self.say("221 bye")
                    return
                getattr(self, f"hear_{word.lower()}", self.hear_other)(rest)
        except (OSError, ssl.SSLError):  # the client broke off
            return

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.request.close()

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def wrap(self) -> None:
        assert self.context is not None
        self.request = self.context.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)
        self.encrypted = True

    def hear_ehlo(self, _rest: str) -> None:
        offered = ["localhost", "8BITMIME"]
        offered += ["STARTTLS"] if self.context and self.state.starttls and not self.encrypted else []
        offered += ["AUTH PLAIN"] if self.state.password else []
        for one in offered[:-1]:
            self.say(f"250-{one}")
        self.say(f"250 {offered[-1]}")

    def hear_starttls(self, _rest: str) -> None:
        self.say("220 go on")
        self.wrap()

    def hear_auth(self, rest: str) -> None:
        said = base64.b64decode(rest.partition(" ")[2]).decode()
        self.say("235 yes" if said.split("\0")[2] == self.state.password else "535 no")

    def hear_mail(self, rest: str) -> None:
        self.sender, self.receivers = rest, []
        self.say("250 yes")

    def hear_rcpt(self, rest: str) -> None:
        self.receivers.append(rest)
        self.say(self.state.refuse.get("RCPT", "250 yes"))

    def hear_data(self, _rest: str) -> None:
        self.say("354 go on")
        content = b"".join(iter(self.rfile.readline, b".\r\n"))
        if "DATA" not in self.state.refuse:
            self.state.mails.append(content)
            self.state.envelopes.append((self.sender, self.receivers))
            self.state.encrypted.append(self.encrypted)
        self.say(self.state.refuse.get("DATA", "250 yes"))

    def hear_other(self, _rest: str) -> None:
        self.say("250 yes")


@contextmanager
def running(server: MailServer, files: tuple[Path, Path] | None, *, secure: bool = False) -> Iterator[MailServer]:
    """Run a mail server on the loopback address for the time of a test."""
    trusted = None
    if files is not None:
        trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trusted.load_cert_chain(*files)
    kind = type("Here", (Conversation,), {"state": server, "context": trusted, "secure": secure})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) as listening:
        server.port = listening.server_address[1]
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        listening.shutdown()
