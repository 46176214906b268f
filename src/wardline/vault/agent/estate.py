"""What one agent has, in one place: its clock, tokens, policies, mounts and seal."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from wardline.vault.agent.engines.engine import Engine
from wardline.vault.agent.mounts import Mounts
from wardline.vault.agent.policies.standing import Policies
from wardline.vault.agent.seal import Seal
from wardline.vault.agent.tokens import Tokens

Maker = Callable[["Estate", Mapping[str, str]], Engine]


class Estate(NamedTuple):
    """One agent's state; what is mutable has its own class. `engines` and `methods` make what may be enabled."""

    clock: Callable[[], float]
    seal: Seal
    tokens: Tokens
    policies: Policies
    mounts: Mounts
    engines: Mapping[str, Maker]
    methods: Mapping[str, Maker]
    name: str
    wraps: bool = True  # whether response wrapping is honoured
