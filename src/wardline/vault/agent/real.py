"""The agent of a real root: opened values behind the same face, for the workload beside it."""

import secrets
import time
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel.version import VERSION
from wardline.vault import files
from wardline.vault.agent.application import Application
from wardline.vault.agent.engines.kv1 import Cubbyhole, Kv1
from wardline.vault.agent.engines.kv2 import Kv2
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.face import Asked, Face
from wardline.vault.agent.following import Following
from wardline.vault.agent.holding import Holding
from wardline.vault.agent.methods.token import TokenMethod
from wardline.vault.agent.mounts import Mount, Mounts
from wardline.vault.agent.opened import OpenedShelf
from wardline.vault.agent.policies.standing import Policies
from wardline.vault.agent.seal import Seal
from wardline.vault.agent.system.system import System
from wardline.vault.agent.system.telling import Telling
from wardline.vault.agent.tokens import Token, Tokens, fresh_accessor, fresh_text
from wardline.vault.agent.upstream import Upstream

TOKEN_FILE: Final = "token"  # a file's name  # noqa: S105
_POLICY: Final = "workload"
_POLICY_TEXT: Final = """\
# What the workload beside this agent may: read what it was granted, and write where a grant names it as a writer.
path "secret/data/*" { capabilities = ["create", "read", "update", "patch"] }
path "secret/metadata/*" { capabilities = ["read", "list"] }
path "secret/metadata" { capabilities = ["list"] }
path "secret/subkeys/*" { capabilities = ["read"] }
path "secret/config" { capabilities = ["read"] }
path "kv/*" { capabilities = ["create", "read", "update", "list"] }
path "kv" { capabilities = ["list"] }
path "sys/wardline/*" { capabilities = ["read", "update"] }
path "sys/mounts" { capabilities = ["read"] }
path "sys/mounts/*" { capabilities = ["read"] }
path "sys/auth" { capabilities = ["read"] }
path "sys/policies/acl" { capabilities = ["list"] }
path "sys/policies/acl/*" { capabilities = ["read"] }
"""


class Real(NamedTuple):
    """An agent's face, and the token that programs on TCP show."""

    application: Application
    token: str


def made(holding: Holding, upstream: Upstream, following: Following, *, note: str = "") -> Real:
    """Return the face of a holding: KV v2 at `secret/`, the same values as KV v1 at `kv/`; nothing can be enabled.

    `note` stands in a header of every answer.
    """
    tokens, mounts, policies, seal = Tokens(), Mounts(), Policies(), Seal()
    policies.put(_POLICY, _POLICY_TEXT)
    seal.open()
    estate = Estate(
        clock=time.time,
        seal=seal,
        tokens=tokens,
        policies=policies,
        mounts=mounts,
        engines={},
        methods={},
        name="wardline-agent",
        wraps=False,
    )
    shelf = OpenedShelf(holding, upstream, following.delivered)
    mounts.add(Mount("sys/", "system", System(estate), "system endpoints"), own=True)
    telling = Telling(holding, following.delivered)
    mounts.add(Mount("sys/wardline/", "wardline", telling, "what Wardline's own clients ask"), own=True)
    mounts.add(Mount("cubbyhole/", "cubbyhole", Cubbyhole(), "what a token keeps for itself", local=True), own=True)
    mounts.add(Mount("auth/token/", "token", TokenMethod(estate), "token based credentials"), own=True)
    mounts.add(Mount("secret/", "kv", Kv2(shelf), "what this workload was granted", {"version": "2"}), own=True)
    mounts.add(Mount("kv/", "kv", Kv1(shelf), "the same as at secret/", {"version": "1"}), own=True)
    token = tokens.add(
        Token(
            text=fresh_text("hvs.") + secrets.token_hex(8),
            accessor=fresh_accessor(),
            policies=("default", _POLICY),
            path="auth/token/create",
            created=time.time(),
            display_name="workload",
        )
    )
    face = Face(estate, f"1.18.0+wardline.{VERSION}", own=token)
    return Real(Application(face, note=note, slow=_slow), token.text)


def write_token(folder: Path, token: str) -> Path:
    """Write the token that programs on loopback TCP show into a file that this user alone may read; return its place.

    A new one at each start: one that somebody copied ends with the process.
    """
    path = files.folder(folder) / TOKEN_FILE
    files.replace(path, token.encode(), 0o400, durable=False)
    return path


def _slow(asked: Asked) -> bool:
    """Tell whether a request waits for custodians: writes of values. Everything else is answered from memory."""
    return asked.method in {"PUT", "POST", "PATCH"} and asked.path.startswith((b"/v1/secret/data/", b"/v1/kv/"))
