"""`wardline ledger`: what was decided by whom, and whether it is still what it was."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wardline.cli.remote import showing
from wardline.cli.remote.asking import server
from wardline.kernel.errors import EXIT_NO, EXIT_YES, AskedWronglyError

if TYPE_CHECKING:
    from wardline.kernel.ledger.model import Verification

_SHOWN = 50
_MOST = 1024 * 1024 * 1024
_LONGEST_NOTE = 4096
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def command() -> None:
    """Read the ledger, keep a copy of it, and verify it."""


@command.command()
@click.option("--about", help="An id: what happened to it, or concerned it.")
@click.option("--actor", help="An account's id.")
@click.option("--action", help="waiver:approved, or waiver: for all about waivers.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True)
@showing.options
def events(**options: Any) -> None:
    """List events, the newest first."""
    wanted = {name: options[name] for name in ("about", "actor", "action")}
    rows = server(options["server"]).rows("/ledger/events", limit=options["limit"], **wanted)
    if options["as_json"]:
        showing.lines(rows)
        return
    shown = [
        [row["number"], showing.when(row["at"]), *showing.names(row, "actor_name", "action", "subject")] for row in rows
    ]
    showing.table(("NUMBER", "AT", "WHO", "WHAT", "OF"), shown, empty="no event")


@command.command()
@click.option("--note", is_flag=True, help="As a signed note, to be kept elsewhere.")
@showing.options
def head(note: bool, **options: Any) -> None:  # noqa: FBT001 - click passes options by name
    """Show the newest signed head: a promise over everything before it."""
    asked = server(options["server"])
    if note:
        sys.stdout.write(asked.get("/ledger/note")["note"])
        return
    shown = asked.get("/ledger/head")
    if options["as_json"]:
        showing.json(shown)
    else:
        showing.facts((name, shown[name]) for name in ("size", "root", "at", "key_id", "signature"))


@command.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--server", envvar="WARDLINE_URL", metavar="URL")
def export(file: Path | None, **options: Any) -> None:
    """Write the whole ledger as JSON lines into FILE, or to standard output."""
    content = server(options["server"], seconds=900).send("GET", "/ledger/export", max_bytes=_MOST).body
    if file is None:
        sys.stdout.buffer.write(content)
    else:
        file.write_bytes(content)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option(
    "--head", "heads", type=_FILE, multiple=True, help="A head seen earlier (`ledger head --note`); repeatable."
)
@click.option("--trust", multiple=True, metavar="KEY_ID", help="A key that is right though nobody vouched for it.")
@showing.options
def verify(file: Path | None, heads: tuple[Path, ...], trust: tuple[str, ...], **options: Any) -> int:
    """Verify the ledger here, hash by hash: the server's, or an export in FILE.

    Nothing that the server says is believed but the events themselves and the signatures over them. With a head that
    was kept elsewhere, it is also shown that what was there then is there now, as it was. Exit status: 0 it is what was
    signed, 1 it is not, 3 it could not be had.
    """
    from wardline.kernel.ledger.export import verify_lines

    kept = [_note(path) for path in heads]
    if file is not None:
        with file.open(encoding="utf-8", errors="replace") as stream:
            found = verify_lines(stream, kept=kept, trusted=trust)
    else:
        content = server(options["server"], seconds=900).send("GET", "/ledger/export", max_bytes=_MOST).body
        lines = content.decode("utf-8", "replace").splitlines(keepends=True)
        found = verify_lines(lines, kept=kept, trusted=trust)
    if options["as_json"]:
        problems = [{"kind": one.kind, "number": one.number, "text": one.text} for one in found.problems]
        showing.json({"ok": found.ok, "size": found.size, "root": found.root.hex(), "problems": problems})
    else:
        _show(found, len(kept))
    return EXIT_YES if found.ok else EXIT_NO


@command.command()
@showing.options
def keys(**options: Any) -> None:
    """List the keys that heads are signed with, in order; each but the first is vouched for by the one before it."""
    rows = server(options["server"]).rows("/ledger/keys", limit=1000)
    if options["as_json"]:
        showing.lines(rows)
        return
    shown = [
        [row["key_id"], row["since"], "yes" if row["vouched"] else "NO", showing.plain(row["public"])] for row in rows
    ]
    showing.table(("KEY", "SINCE", "VOUCHED", "PUBLIC"), shown, empty="no key: nothing was signed yet")


def _note(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as stream:
            return stream.read(_LONGEST_NOTE)
    except (OSError, UnicodeDecodeError) as error:
        raise AskedWronglyError(
            f"{path} cannot be read", hint="--head names a file that `wardline ledger head --note` wrote"
        ) from error


def _show(found: "Verification", kept: int) -> None:
    if found.ok:
        showing.say(f"{found.size:,} events under {found.heads:,} signed heads: all as they were recorded")
        if kept:
            showing.say(f"what was there at the {'head' if kept == 1 else f'{kept} heads'} seen earlier is there still")
        else:
            showing.say(f"root {found.root.hex()}: compare it with one that was kept elsewhere (--head)")
        return
    for one in found.problems[:_SHOWN]:
        where = "" if one.number is None else f"{one.number}: "
        showing.say(f"{one.kind}  {where}{showing.plain(one.text)}")
    more = " and more" if found.more or len(found.problems) > _SHOWN else ""
    showing.say(f"the ledger is not what was signed: {len(found.problems):,} problems{more}")


@command.command()
@click.argument("event")
@showing.options
def proof(event: str, **options: Any) -> int:
    """Have EVENT (id or number) proved to be in the ledger, and check the proof here."""
    from wardline.cli.remote.server import part
    from wardline.kernel.merkle import verify_inclusion

    asked = server(options["server"])
    shown = asked.get(f"/ledger/events/{part(event)}")
    signed = asked.get("/ledger/head")
    given = asked.get("/ledger/inclusion", number=shown["number"], size=signed["size"])
    leaf, root = bytes.fromhex(given["first_hash"]), bytes.fromhex(signed["root"])
    hashes = [bytes.fromhex(one) for one in given["hashes"]]
    right = verify_inclusion(leaf, shown["number"], signed["size"], hashes, root)
    if options["as_json"]:
        showing.json({"event": shown, "head": signed, "proof": given, "ok": right})
    else:
        words = "is" if right else "is NOT proved to be"
        showing.say(
            f"event {shown['number']} ({showing.plain(shown['action'])}) {words} under the head of {signed['size']}"
        )
    return EXIT_YES if right else EXIT_NO
