"""What an approver's machine knows of the root: the pin that it was given, and the newest root that it has seen.

Servers are asked for roots and are not believed: a chain has to begin with the pin, and to go on from what was seen.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.text import printable
from wardline.vault.protocol import roots
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.errors import RefusedError, RootError
from wardline.vault.protocol.roots import Pin, TrustedRoot

FILE: Final = "vault-root.json"
_MAX_BYTES: Final = 8 * 1024 * 1024


class Trusting:
    """The pin and the chain in one file of the person's own."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def pin(self) -> Pin | None:
        """Return the pin, None where none was given yet. Raises: `CannotSayError` for a damaged file."""
        known = self._known()
        return Pin.parse(known[0]) if known else None

    def give(self, pin: Pin) -> None:
        """Keep a pin; another one than the one that is there is refused. Raises: `AskedWronglyError`."""
        before = self.pin()
        if before is not None and before != pin:
            raise AskedWronglyError(
                f"this machine trusts another root: {before}",
                hint=f"where that is over, delete {printable(str(self._file))}",
            )
        if before is None:
            self._keep(str(pin), ())

    def follow(self, contents: Sequence[bytes]) -> TrustedRoot:
        """Return the newest root of a chain that a server gave, and remember it.

        Raises: `AskedWronglyError` where no pin was given; `RefusedError` for a chain that is another one, or shorter
        than the one that was seen.
        """
        known = self._known()
        if not known:
            raise AskedWronglyError(
                "this machine was not told which root to trust", hint="wardline vault trust KIND:DIGEST"
            )
        pin, seen = Pin.parse(known[0]), known[1]
        trusted = roots.chain(contents, pin)
        before = roots.chain(seen, pin) if seen else None
        if before is not None:
            if trusted.root.version < before.root.version:
                raise RootError(f"root {trusted.root.version} was served, and root {before.root.version} was seen")
            again = roots.chain(list(contents)[: before.root.version], pin)
            if again.digest != before.digest:
                raise RootError(f"there are two roots of version {before.root.version}")
        if before is None or trusted.root.version > before.root.version:
            self._keep(known[0], contents)
        return trusted

    def roots(self) -> tuple[bytes, ...]:
        """Return the chain of roots that this machine followed last. Raises: `CannotSayError` for a damaged file."""
        known = self._known()
        return tuple(known[1]) if known else ()

    def _known(self) -> tuple[str, list[bytes]] | None:
        import json

        try:
            content = self._file.read_bytes()[:_MAX_BYTES]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CannotSayError(f"{printable(str(self._file))}: {error.strerror}") from error
        try:
            said = json.loads(content)
            Pin.parse(said["pin"])
            return said["pin"], [unb64(one) for one in said["roots"]]
        except (ValueError, KeyError, TypeError, AttributeError, RefusedError) as error:
            raise CannotSayError(
                f"{printable(str(self._file))} is damaged",
                hint="delete it, and give the root again: `wardline vault trust`",
            ) from error

    def _keep(self, pin: str, contents: Sequence[bytes]) -> None:
        import json

        said = json.dumps({"pin": pin, "roots": [b64(one) for one in contents]}).encode()
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._file.parent, delete=False) as file:
            file.write(said)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._file)
