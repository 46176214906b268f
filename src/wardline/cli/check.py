"""`wardline check` as click's command, made from the table of its options."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from wardline.cli.check_options import OPTIONS, Option

_PATH: Final = click.Path(path_type=Path)


def _callback(read: Callable[[Any], Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        try:
            return read(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return callback


def _declared(option: Option) -> click.Option:
    if option.kind == "switch":
        return click.Option([option.flag, option.name], is_flag=True, help=option.help)
    kinds = {"path": _PATH, "choice": click.Choice(option.choices), "text": click.STRING}
    return click.Option(
        [option.flag, option.name],
        type=kinds[option.kind],
        default=option.default,
        multiple=option.repeated,
        envvar=option.variable,
        metavar=option.metavar,
        callback=_callback(option.reader) if option.reader else None,
        help=option.help,
    )


def _check(path: Path, **options: Any) -> int:
    """Examine PATH (default: here) and give one verdict.

    Exit status: 0 yes, 1 no, 2 asked wrongly, 3 cannot say (something in scope was not examined).
    """
    from wardline.cli.checking import check

    return check(path, options)


command: Final = click.Command(
    "check",
    callback=_check,
    help=_check.__doc__,
    params=[click.Argument(["path"], default=".", type=_PATH), *map(_declared, OPTIONS)],
)
