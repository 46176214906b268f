"""`wardline init`: parse, plan, write, and say what was made and why."""

from pathlib import Path
from typing import Final

import click

from wardline.check.adoption.model import Exists, Forge, Planned
from wardline.kernel.errors import EXIT_ASKED_WRONGLY, EXIT_YES, AskedWronglyError

_FORGES: Final[dict[str, tuple[Forge, ...]]] = {
    "github": ("github",),
    "gitlab": ("gitlab",),
    "both": ("github", "gitlab"),
}
_DONE: Final[dict[Exists, str]] = {
    "new": "made",
    "extend": "extended",
    "same": "there already",
    "edited": "yours, kept",
    "differs": "left as it is",
    "refused": "refused",
}


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--forge", type=click.Choice(sorted(_FORGES)), help="[default: as the remotes or the folders say, else both]"
)
@click.option("--install", metavar="REQUIREMENT", help="What hooks and CI install. [default: this version of Wardline]")
@click.option("--dry-run", is_flag=True, help="Say what would be made; write nothing.")
def command(path: Path, forge: str | None, install: str | None, *, dry_run: bool) -> int:
    """Write policy, hooks, CI and change templates into the repository at PATH (default: here).

    Nothing that is there is overwritten, and nothing is written through a link. Exit status: 0 done, 2 asked wrongly
    (also where a file was refused).
    """
    from wardline.check.adoption import service
    from wardline.check.adoption.model import Wishes
    from wardline.kernel import files

    if not path.is_dir():
        raise AskedWronglyError(f"{path} is no folder", hint="name the root of a repository")
    wishes = Wishes(
        forges=_FORGES[forge] if forge else service.forges(path),
        requirement=install or service.requirement(),
        only=service.EXAMINED,
    )
    planned = service.plan(path, wishes)
    if not dry_run:
        service.write(path, planned)
    _show(planned, dry_run=dry_run)
    if ".git" not in files.names(path):
        click.echo(f"\n{path} is not the root of a git repository: forges and hooks read these files only there.")
    return EXIT_ASKED_WRONGLY if any(file.exists == "refused" for file in planned) else EXIT_YES


def _show(planned: list[Planned], *, dry_run: bool) -> None:
    for file in planned:
        done = f"would be {_DONE[file.exists]}" if dry_run and file.written else _DONE[file.exists]
        click.echo(f"  {done:<17} {file.path}\n  {'':<17} {file.reason or file.why}")
    for file in planned:
        if file.diff:
            click.echo(f"\n{file.path} is left as it is. What is wanted there:\n\n{file.diff}")
    if any(file.written for file in planned):
        click.echo("\nNext: read and commit these files, `wardline advisories sync`, `pre-commit install`.")
