"""An agent's two keys: made here, kept in a file of its own (0600 in a 0700 folder), never sent anywhere."""

import json
import os
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel.errors import CannotSayError
from wardline.vault import files
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.keys import SoftwareSigner, thumbprint
from wardline.vault.protocol.opening import SEED_BYTES, OpeningKey

FILE: Final = "keys"
_MOST: Final = 4096


class Keyring(NamedTuple):
    """The key that values are sealed to, and the key that speaks for this agent."""

    opening: OpeningKey
    signer: SoftwareSigner

    def thumbprint(self, root_id: bytes) -> str:
        """Return what approvers sign, and what tokens have as their audience: both public keys under this root."""
        return thumbprint(root_id, self.opening.public, self.signer.public)


def held(folder: Path) -> Keyring:
    """Return the keys of a folder, made the first time.

    Raises: `AskedWronglyError` where others may read them; `CannotSayError` where the file is damaged: nothing that was
    sealed to them can be opened any more, and the agent needs to be bound again.
    """
    files.folder(folder)
    content = files.private(folder / FILE, _MOST)
    if content is None:
        seeds = {"opening": os.urandom(SEED_BYTES), "signing": os.urandom(32)}
        said = json.dumps({name: b64(seed) for name, seed in seeds.items()})
        files.replace(folder / FILE, said.encode() + b"\n")
    else:
        try:
            seeds = {name: unb64(json.loads(content)[name]) for name in ("opening", "signing")}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotSayError(
                f"{folder / FILE} is damaged", hint="move it away: the agent makes new keys, and is bound again"
            ) from error
    return Keyring(OpeningKey(seeds["opening"]), SoftwareSigner(seeds["signing"]))
