"""`wardline suppress`: let one finding not count until a date, for a reason that stands in the repository."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wardline.check.suppressions import Entry


@click.command()
@click.argument("fingerprint")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--reason", required=True, help="Why it is no danger here, or what is awaited.")
@click.option("--until", required=True, metavar="DATE|DAYS", help="2027-01-31, or 30d from today; at most 180 days.")
@click.option("--rule", default="", help="The finding's rule, for the reader.")
@click.option("--subject", default="", help="What it is about (a package, a file), for the reader.")
@click.option("--history", is_flag=True, help="Look for a credential in all that was ever committed.")
def command(fingerprint: str, path: Path, *, history: bool, **options: str) -> None:
    """Write a suppression of FINGERPRINT into PATH/.wardline/suppressions.toml (PATH: default here).

    FINGERPRINT is the 32 hexadecimal digits that `wardline check --format json` gives with each finding. The same
    fingerprint again replaces its entry. Malware cannot be suppressed. A credential is looked for, and its entry is
    for that value alone; from what is written, a weak value can be guessed. Exit status: 0 written, 2 asked wrongly,
    3 cannot say.
    """
    from wardline.check import suppressions
    from wardline.kernel import clock, files

    today = clock.now().date()
    plain = suppressions.Entry(
        fingerprint=fingerprint.lower(),
        reason=options["reason"],
        until=suppressions.until_date(options["until"], today),
        rule=options["rule"],
        subject=options["subject"],
    )
    existing = files.read(path, suppressions.PATH, max_bytes=suppressions.MAX_BYTES)
    content = suppressions.add(existing, plain, today)  # what cannot be written is said before anything is searched
    found = _of_credentials(plain, path, history=history)
    if found:
        content = existing or b""
        for entry in found:
            content = suppressions.add(content, entry, today)
    if content != existing:
        files.replace(path, suppressions.PATH, content)
    click.echo(f"suppressed until {plain.until} in {path / suppressions.PATH}: commit it with the change it belongs to")
    if found:
        values = "this value" if len(found) == 1 else f"these {len(found)} values"
        click.echo(f"for {values} and no other; whoever reads the file can guess a weak value from it")
    elif history:
        click.echo("it is no credential that was ever committed: one that is found elsewhere stays found")


def _of_credentials(plain: "Entry", path: Path, *, history: bool) -> "list[Entry]":
    """Return an entry for each value that is a credential of that fingerprint; none where it is something else."""
    if plain.rule.endswith("-dependency") and not history:
        return []
    from wardline.check.remembering import remembered

    return [
        plain._replace(
            fingerprint=one.fingerprint,
            value=one.value,
            rule=plain.rule or one.rule,
            subject=plain.subject or one.file,
        )
        for one in remembered(path, plain.fingerprint, history=history)
    ]
