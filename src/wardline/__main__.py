"""The command `wardline`: the version from a constant, everything else from `wardline.main`.

Nothing is imported before it is needed: `wardline --version` must not pay for the rest of the house.
"""

import os
import sys


def main() -> None:
    """Run the command line in `sys.argv` and exit with its status (0 yes, 1 no, 2 asked wrongly, 3 cannot say).

    The process ends without taking the interpreter apart: by then everything is written and closed, and that would cost
    a check 8 ms.
    """
    if sys.argv[1:] == ["--version"]:
        from wardline.kernel.version import VERSION

        sys.stdout.write(f"wardline {VERSION}\n")
        status = 0
    else:
        from wardline.main.entry import run

        status = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
