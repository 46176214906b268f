"""The command `wardline`: the version from a constant, everything else from `wardline.main`.

Nothing is imported before it is needed: `wardline --version` must not pay for the rest of the house.
"""

import sys


def main() -> int:
    """Run the command line in `sys.argv` and return its exit status (0 yes, 1 no, 2 asked wrongly, 3 cannot say)."""
    if sys.argv[1:] == ["--version"]:
        from wardline.kernel.version import VERSION

        sys.stdout.write(f"wardline {VERSION}\n")
        return 0
    from wardline.main.entry import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
