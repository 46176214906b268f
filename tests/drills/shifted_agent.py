"""`wardline` with an agent whose clocks are ahead by as many seconds as a file says: `shifted_agent.py FILE agent …`.

Both are: the wall clock, and the one that goes on through suspend and that nobody sets (CLOCK_BOOTTIME).
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wardline.vault.agent import holding


def main() -> None:
    """Run the command line under those clocks."""
    offset, plain = Path(sys.argv.pop(1)), time.clock_gettime

    def ahead() -> float:
        return float(offset.read_text() or 0)

    class Shifted(datetime):
        @classmethod
        def now(cls, tz=UTC):
            return datetime.now(tz) + timedelta(seconds=ahead())

    holding.datetime = Shifted
    time.clock_gettime = lambda which: plain(which) + ahead()
    from wardline.__main__ import main as wardline

    sys.exit(wardline())


if __name__ == "__main__":
    main()
