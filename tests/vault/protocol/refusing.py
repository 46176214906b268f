"""What the protocol's tests say of a refusal: its code, its words and its hint, all three."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from tests.vault.world import World

from wardline.vault.protocol import roots
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.model.root import Standing
from wardline.vault.protocol.roots import Pin, TrustedRoot


@contextmanager
def refused(code: str, words: str = "", *, hint: str = "") -> Iterator[None]:
    """Expect a refusal with exactly this code, these words in it, and this in its hint (empty: no hint at all)."""
    with pytest.raises(RefusedError) as caught:
        yield
    assert caught.value.code == code
    assert words in caught.value.detail
    assert hint in caught.value.hint
    assert bool(hint) == bool(caught.value.hint)


def alone(world: World, standing: Standing = "solo") -> TrustedRoot:
    """Return a root that ada approves alone, with everything else as in the world's."""
    people = tuple(one for one in world.root.approvers if one.name == "ada")
    root = replace(world.root, threshold=1, grant_threshold=1, approvers=people)
    envelope = roots.enveloped(root, standing).cosigned(world.people["ada"])
    return roots.chain([envelope.written()], Pin(envelope.digest, standing))
