"""A node's clock jumps by hours and days, forth and back, under traffic."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.drills.scene import Outcome, traffic, until

TITLE = "clocks jump"
_JUMPS = (3600, -7200, 20 * 3600, -3 * 86400, 0)


def drill(folder: Path, seconds: float) -> Iterator[Outcome]:
    """Set the clock of the only node, again and again; the ledger has to go on after each jump."""
    offset = folder / "offset"
    offset.write_text("0")
    shifted = [sys.executable, str(Path(__file__).with_name("shifted_node.py")), str(offset)]
    with traffic(folder, command=shifted) as under:
        node, stuck = under.scene.nodes[0], []
        before = node.get("findings?limit=1").json()["rows"][0]
        for jump in _JUMPS:
            offset.write_text(str(jump))
            size = node.get("ledger/head").json()["size"]
            if not (under.more(seconds=30) and until(lambda size=size: _size(node) > size, 30)):
                stuck.append(jump)
            time.sleep(seconds / len(_JUMPS))
        after = node.get(f"findings/{before['id']}").json()
        kept = after["due_at"] <= before["due_at"]
        note = f"jumps of {', '.join(f'{jump / 3600:+.0f} h' for jump in _JUMPS[:-1])} and home"
        said = ["a due time moved out"] * (not kept) + [f"nothing went on after {jump} s" for jump in stuck]
        found = under.outcome(TITLE, seconds, time.monotonic(), "; ".join([note, *said]))
        yield found._replace(whole=found.whole and not said)


def _size(node: object) -> int:
    return int(node.get("ledger/head").json()["size"])  # type: ignore[attr-defined]
