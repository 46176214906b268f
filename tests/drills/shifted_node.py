"""`wardline` with a clock that is off by as many seconds as a file says: `shifted_node.py FILE serve …`."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wardline.kernel import clock


def main() -> None:
    """Run the command line under that clock."""
    offset = Path(sys.argv.pop(1))

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(offset.read_text() or 0))

    clock.now = now  # before anything else takes it from there
    from wardline.__main__ import main as wardline

    sys.exit(wardline())


if __name__ == "__main__":
    main()
