"""The vault of `wardline up`: on the first start a ceremony of one person, a custodian, and an agent, on this machine.

It is for a first look and says so: one person approves alone (a solo root, that ordinary parties refuse and that never
becomes two people's). Custodian and agent are processes of their own with folders and keys of their own.
"""

import getpass
import re
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wardline.kernel import clock
from wardline.kernel.errors import AskedWronglyError, CannotSayError, WardlineError
from wardline.main import agent, custodian, state
from wardline.main.children import Child
from wardline.services import Services

if TYPE_CHECKING:
    from wardline.vault.protocol.keys import SoftwareSigner

SAID: Final = "vault: for a first look: ONE person approves alone (--solo)"
_ZONE: Final = "local"
_CUSTODIAN: Final = "keeper-1"
_WORKLOAD: Final = "local"
_JOIN: Final = "join.json"
_HEAD_SECONDS: Final = 10.0


class FirstLook:
    """The vault beside one `wardline up`. `folder` is its state folder; `say` is told what a person should know."""

    def __init__(self, services: Services, folder: Path, say: Callable[[str], None]) -> None:
        self._services = services
        self._folder = folder
        self._say = say

    def children(self, url: str, ways: Sequence[str]) -> list[Child]:
        """Return custodian and agent, not started yet; the first time the ceremony is held.

        None where this database's vault is somebody else's to run: that is said. `ways` are the custodian's own to its
        targets. Raises: `WardlineError` where the ceremony cannot be held.
        """
        known = str(state.remembered(self._folder).get("vault", ""))
        contents = self._services.vault.roots()
        if contents and not self._ours(contents, known):
            self._say("vault: its root was made elsewhere: start its custodians and agents yourself")
            return []
        if not contents and (self._custodian().state / "memory.db").exists():  # type: ignore[operator] # it is named
            self._say("vault: this database has not the root that this folder's custodian knows: it is left out")
            return []
        pin = known if contents else self._ceremony()
        self._say(SAID)
        made = [self._child("custodian", self._custodian_arguments(pin, url, ways))]
        if self._joined(pin):
            made.append(self._child("agent", self._agent_arguments(pin, url)))
        return made

    @staticmethod
    def _ours(contents: Sequence[bytes], known: str) -> bool:
        from wardline.vault.protocol import roots
        from wardline.vault.protocol.envelope import read_envelope

        return bool(known) and roots.Pin.parse(known).digest == read_envelope(contents[0]).digest

    def _ceremony(self) -> str:
        """Hold the ceremony of one person; return the pin, which this folder and this person's machine keep."""
        from wardline.cli.remote import approving
        from wardline.kernel.identity.model import PLATFORM
        from wardline.vault.approver import drafting
        from wardline.vault.approver.trusting import Trusting
        from wardline.vault.protocol.model.root import LedgerKey
        from wardline.vault.protocol.roots import Pin

        signer = self._approver()
        keeper = drafting.read_custodian(custodian.public_line(self._custodian()))
        ledger = LedgerKey(self._note().partition("\n")[0], self._services.ledger.keys(PLATFORM)[-1].public)
        plan = drafting.Plan(
            socket.gethostname() or "this machine", [(_me(), signer.public)], 1, 1, {_ZONE: (keeper,)}, ledger
        )
        envelope, standing = drafting.first_root(plan, clock.now(), solo=True)
        signed = envelope.cosigned(signer)
        pin = Pin(signed.digest, standing)
        state.remember(self._folder, vault=str(pin))  # first: a crash between the two leaves a ceremony to hold again
        self._services.vault.establish(PLATFORM, signed.written())
        try:
            Trusting(approving.folder()).give(pin)
        except AskedWronglyError as error:
            self._say(f"vault: {error.detail}: {error.hint}, then `wardline vault trust {pin}`")
        return str(pin)

    def _note(self) -> str:
        """Return the ledger's newest head: a new ledger begins with this ceremony."""
        from wardline.kernel.identity.model import PLATFORM

        services = self._services
        with services.database.transaction() as tx:
            services.ledger.record(tx, at=clock.now(), who=PLATFORM, action="vault:ceremony-begun", subject="root")
        until = time.monotonic() + _HEAD_SECONDS
        while time.monotonic() < until:
            if note := services.ledger.note(PLATFORM):
                return note
            time.sleep(0.05)
        raise CannotSayError("the server's ledger does not begin", hint="`wardline up` again, or --no-vault")

    def _joined(self, pin: str) -> bool:
        """Sign anew that the agent is the workload `local`: such a document is good for a month. Return whether it is.

        An agent of somebody else's making in its folder is left alone.
        """
        from wardline.vault.approver import drafting
        from wardline.vault.protocol import roots

        wish = self._agent(pin)
        folder, document = self._folder / "agent", self._folder / "agent" / _JOIN
        if (folder / "keys").exists() and not document.exists():
            self._say(f"vault: {folder} is another agent's: none is started here")
            return False
        trusted = roots.chain(self._services.vault.roots(), roots.Pin.parse(pin))
        try:
            signer = self._approver()
            join = drafting.join(trusted, _WORKLOAD, _me(), agent.thumbprint(wish), clock.now())
        except WardlineError as error:
            self._say(f"vault: the agent's join document is not renewed: {error.detail}")
            return document.exists()
        document.write_bytes(join.cosigned(signer).written())
        return True

    def _approver(self) -> "SoftwareSigner":
        """Return this person's key: theirs where it has no passphrase, else one in the state folder."""
        from wardline.cli.remote import approving
        from wardline.vault.approver import keyfile

        own = approving.key_file(None)
        place = self._folder / "approver.key" if own.exists() and keyfile.protected(own) else own
        if place.exists():
            return keyfile.read(place, None)
        self._say(f"vault: your signing key, without a passphrase: {place}")
        return keyfile.made(place, b"")

    def _custodian(self) -> custodian.Wish:
        return custodian.Wish(_CUSTODIAN, _ZONE, self._folder / f"custodian-{_CUSTODIAN}")

    def _agent(self, pin: str) -> agent.Wish:
        return agent.Wish(state=self._folder / "agent", root=pin)

    def _child(self, name: str, arguments: list[str]) -> Child:
        return Child(name, arguments, self._say)

    def _custodian_arguments(self, pin: str, url: str, ways: Sequence[str]) -> list[str]:
        keeper = self._custodian()
        return [
            "custodian", f"--name={keeper.name}", f"--zone={keeper.zone}", f"--state={keeper.state}",
            f"--server={url}", f"--root={pin}", *(f"--way={one}" for one in ways),
        ]  # fmt: skip

    def _agent_arguments(self, pin: str, url: str) -> list[str]:
        folder = self._folder / "agent"
        return ["agent", f"--state={folder}", f"--server={url}", f"--root={pin}", f"--join={folder / _JOIN}"]


def _me() -> str:
    """Return this person's name as a root can hold it."""
    try:
        name = getpass.getuser().lower()
    except (KeyError, OSError):
        name = ""
    return re.sub(r"[^a-z0-9._-]", "-", name).strip("._-")[:60] or "owner"
