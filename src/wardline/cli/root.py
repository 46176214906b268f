"""The command `wardline`."""


def command(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    return 2 if arguments else 0
