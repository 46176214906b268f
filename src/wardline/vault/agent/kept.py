"""What an agent remembers through restarts: the roots, its floors, and the last offer of each secret, still sealed.

Order matters and is kept here: floors are on the disk before what they allow is used. The offers are ciphertext, wraps
to this agent's key and signed documents; without the key file beside them they open nothing.
"""

import hashlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from wardline.kernel.errors import CannotSayError
from wardline.vault import files
from wardline.vault.agent import wire
from wardline.vault.protocol import encoding, floors
from wardline.vault.protocol.accepting import Accepted, Offer
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.floors import Floor, Floors

FLOORS: Final = "floors.json"
CACHE: Final = "cache"
_MOST: Final = 16 * 1024 * 1024


class Kept:
    """One agent's memory on disk. Any thread may ask; writes are one after another."""

    def __init__(self, folder: Path) -> None:
        self._folder = files.folder(folder)
        self._cache = files.folder(folder / CACHE)
        self._lock = threading.Lock()
        self._paths: dict[str, Floor] = {}
        self._roots: list[bytes] = []
        self.floors: Floors = floors.none()
        self._load()

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Return the chain of roots, the pinned one first; () before the first was seen."""
        return tuple(self._roots)

    def floor(self, path: str) -> Floor:
        """Return a secret's floor."""
        return self._paths.get(path) or floors.none_of(path)

    def begin(self, roots: Iterable[bytes]) -> None:
        """Remember the chain of roots, once it was found to be sound."""
        with self._lock:
            self._roots = list(roots)
            self._write(self.floors, self._paths)

    def adopt(self, adopted: Floors, roots: Iterable[bytes]) -> None:
        """Remember a new epoch, and the roots that it goes with, before anything else is looked at.

        Raises: `CannotSayError`.
        """
        with self._lock:
            restarted = adopted.restarted(self.floors)
            self._roots += [content for content in roots if content not in self._roots]
            paths = {path: floor.restored() for path, floor in self._paths.items()} if restarted else self._paths
            self._write(adopted, paths)

    def keep(self, path: str, accepted: Accepted, offer: Offer) -> None:
        """Remember what an accepted offer raised, then the offer.

        Raises: `CannotSayError` where the disk does not take it: then the value must not be used.
        """
        with self._lock:
            new = [content for content in offer.roots if content not in self._roots]
            after = {**self._paths, path: accepted.floor}
            changed = new or after != self._paths or accepted.floors != self.floors
            self._roots += new
            if changed:
                self._write(accepted.floors, after)
            self._replace(self._cached(path), wire.written(offer))

    def offers(self) -> dict[str, Offer]:
        """Return the last offer of each secret that a floor is known of; what is damaged is passed over."""
        found: dict[str, Offer] = {}
        for path in self._paths:
            content = files.private(self._cached(path), wire.MAX_BYTES)
            if content is None:
                continue
            try:
                found[path] = wire.read(content)
            except RefusedError:
                continue
        return found

    def forget(self, path: str) -> None:
        """Drop a cached offer: a secret that is not granted any more. Its floor stays."""
        self._cached(path).unlink(missing_ok=True)

    def _cached(self, path: str) -> Path:
        return self._cache / hashlib.sha256(path.encode()).hexdigest()

    def _write(self, all_floors: Floors, paths: dict[str, Floor]) -> None:
        said = {
            "floors": b64(encoding.canonical(all_floors)),
            "paths": {path: b64(encoding.canonical(floor)) for path, floor in sorted(paths.items())},
            "roots": [b64(content) for content in self._roots],
        }
        self._replace(self._folder / FLOORS, json.dumps(said).encode() + b"\n")
        self.floors, self._paths = all_floors, paths

    def _replace(self, path: Path, content: bytes) -> None:
        try:
            files.replace(path, content)
        except OSError as error:
            raise CannotSayError(
                f"{path}: {error.strerror}: what was accepted cannot be remembered, so it is not used",
                hint="make room on the disk; the last version that was remembered is served meanwhile",
            ) from error

    def _load(self) -> None:
        content = files.private(self._folder / FLOORS, _MOST)
        if content is None:
            return
        try:
            said: Any = json.loads(content)
            self.floors = encoding.read(Floors, unb64(said["floors"]), "floors")
            self._paths = {path: encoding.read(Floor, unb64(floor), "a floor") for path, floor in said["paths"].items()}
            self._roots = [unb64(content) for content in said["roots"]]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, RefusedError) as error:
            raise CannotSayError(
                f"{self._folder / FLOORS} is damaged: without it an old version could be taken for a new one",
                hint="find out who wrote it; moved away, the agent begins with what custodians vouch for now",
            ) from error
