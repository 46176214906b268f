"""`wardline up`: everything on one machine, in the foreground or behind it."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from wardline.kernel.errors import EXIT_YES, CannotSayError

_START_SECONDS: Final = 900
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("repositories", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--state", type=_FOLDER, help="Where keys and the database are. [default: $WARDLINE_STATE]")
@click.option("--database", metavar="URL", help="postgresql://… instead of SQLite in the state folder.")
@click.option("--host", help="Address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: the last one, or any free one.")
@click.option("--url", help="Address as browsers reach it, where a proxy stands in front.")
@click.option("--advisories", envvar="WARDLINE_ADVISORIES", metavar="PATH|URL", help="As for `wardline check`.")
@click.option("--kev", envvar="WARDLINE_KEV", type=click.Path(path_type=Path), help="As for `wardline check`.")
@click.option("--only", metavar="PRACTICE[,…]", help="As for `wardline check`.")
@click.option(
    "--recheck-minutes", type=click.IntRange(1), default=60, show_default=True, help="Check again this often."
)
@click.option("--no-vault", is_flag=True, help="Without a vault for a first look (custodian and agent).")
@click.option(
    "--way",
    "ways",
    multiple=True,
    metavar="PATH=ADDRESS",
    help="The custodian's own way to a secret's target; * for all.",
)
@click.option("--background", is_flag=True, help="Return once it is ready; `wardline down` ends it.")
def command(repositories: tuple[Path, ...], **options: Any) -> int:
    """Open the platform on this machine and check REPOSITORIES (default: the bundled example service).

    Prints each verdict, a one-time sign-in link, and `ready http://127.0.0.1:PORT` last. Ctrl-C ends it; the next start
    goes on where it was.
    """
    from wardline.kernel import settings
    from wardline.main.up import Wish, up

    if options["background"]:
        return _behind(options["state"] or settings.state_folder())
    extra: list[str] = []
    advisories, kev = options["advisories"], options["kev"]
    if not repositories:
        from wardline.main.example import example

        found = example()
        repositories = (found.repository,)
        advisories, kev = advisories or str(found.advisories), kev or found.kev
    for name, value in (("advisories", advisories), ("kev", kev), ("only", options["only"])):
        extra += [f"--{name}", str(value)] if value else []
    said = {name: options[name] for name in ("database", "host", "port", "url")}
    known = settings.load(options["state"] or settings.state_folder(), os.environ, **said)
    up(
        Wish(
            settings=known,
            repositories=tuple(path.resolve() for path in repositories),
            check_options=tuple(extra),
            recheck=timedelta(minutes=options["recheck_minutes"]),
            vault=not options["no_vault"],
            ways=options["ways"],
            log=sys.stderr.isatty(),
        ),
        click.echo,
    )
    return EXIT_YES


def _behind(folder: Path) -> int:
    """Start the same command without `--background`, on its own, and show what it says until it is ready."""
    from wardline.main import state

    log = state.prepared(folder) / "up.log"
    arguments = [argument for argument in sys.argv[1:] if argument != "--background"]
    with log.open("wb") as written:
        log.chmod(0o600)
        process = subprocess.Popen(
            [sys.executable, "-m", "wardline", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with log.open("rb") as read:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            line = read.readline().decode("utf-8", "replace")
            if line:
                click.echo(line, nl=False)
                if line.startswith("ready "):
                    return EXIT_YES
            elif process.poll() is not None:
                raise CannotSayError("it did not start", hint=f"all that it said is above and in {log}")
            else:
                time.sleep(0.05)
    raise CannotSayError("it did not start in time", hint=f"see {log}")
