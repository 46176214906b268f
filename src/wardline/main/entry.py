"""The command line from its arguments to its exit status: the one place where errors become words and numbers."""

import gc
from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status (0 yes, 1 no, 2 asked wrongly, 3 cannot say)."""
    if arguments and arguments[0] == "check":
        gc.disable()  # it lives for a moment, and looking for cycles in what it reads would take a tenth of that

        from wardline.kernel import lean_orjson

        lean_orjson.load()
        from wardline.cli import check_options

        options = check_options.read(arguments[1:])
        if options is not None:
            from wardline.cli.checking import check
            from wardline.cli.words import status_of

            return status_of(lambda: check(options.pop("path"), options))
    from wardline.cli.root import command

    return command(list(arguments))
