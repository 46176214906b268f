"""`wardline suppress`: let one finding not count until a date, for a reason that stands in the repository."""

from pathlib import Path

import click


@click.command()
@click.argument("fingerprint")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--reason", required=True, help="Why it is no danger here, or what is awaited.")
@click.option("--until", required=True, metavar="DATE|DAYS", help="2027-01-31, or 30d from today; at most 180 days.")
@click.option("--rule", default="", help="The finding's rule, for the reader.")
@click.option("--subject", default="", help="What it is about (a package, a file), for the reader.")
def command(fingerprint: str, path: Path, **options: str) -> None:
    """Write a suppression of FINGERPRINT into PATH/.wardline/suppressions.toml (PATH: default here).

    FINGERPRINT is the 32 hexadecimal digits that `wardline check --format json` gives with each finding. The same
    fingerprint again replaces its entry. Malware cannot be suppressed. Exit status: 0 written, 2 asked wrongly.
    """
    from wardline.check import suppressions
    from wardline.kernel import clock, files

    today = clock.now().date()
    entry = suppressions.Entry(
        fingerprint=fingerprint.lower(),
        reason=options["reason"],
        until=suppressions.until_date(options["until"], today),
        rule=options["rule"],
        subject=options["subject"],
    )
    existing = files.read(path, suppressions.PATH, max_bytes=suppressions.MAX_BYTES)
    content = suppressions.add(existing, entry, today)
    if content != existing:
        files.replace(path, suppressions.PATH, content)
    click.echo(f"suppressed until {entry.until} in {path / suppressions.PATH}: commit it with the change it belongs to")
