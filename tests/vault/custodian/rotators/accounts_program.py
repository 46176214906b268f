#!/usr/bin/python3 -IS
"""A rotator's program as an organisation would write it: its target is a database of accounts, in the file beside it.

One transaction for each step. `moment` beside it, where a test puts it, says at which moment the program dies.
"""

import hashlib
import json
import os
import signal
import sqlite3
import sys
from pathlib import Path

DONE, REFUSED, SUPERSEDED = 0, 1, 10
FOLDER = Path("FOLDER")  # whoever installs the program says where its target is


def moment(name: str) -> None:
    """Die here, once, if a test wants it."""
    wanted = FOLDER / "moment"
    if wanted.exists() and wanted.read_text() == name:
        wanted.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def step(target: sqlite3.Connection, argument: str, said: dict) -> int:
    """Do one step in the open transaction."""
    number = (said["epoch"], said["number"])
    verifier = hashlib.sha256(said["fields"].get("password", "").encode()).hexdigest()
    rows = target.execute("SELECT epoch, number, mark, verifier, works FROM credential").fetchall()
    seen = {(row[0], row[1]): row[2:] for row in rows}
    if argument == "create":
        return SUPERSEDED if number <= max(seen, default=(0, 0)) else DONE
    if argument == "verify":
        return DONE if seen.get(number, ("", "", 0))[1:] == (verifier, 1) else REFUSED
    if argument == "apply":
        if number < max(seen, default=(0, 0)) or (number in seen and seen[number][::2] != (said["mark"], 1)):
            return SUPERSEDED
        target.execute("INSERT OR IGNORE INTO credential VALUES (?, ?, ?, ?, 1)", (*number, said["mark"], verifier))
        return DONE
    if number >= max(seen, default=(0, 0)):
        return REFUSED  # the last one that works
    target.execute("UPDATE credential SET works = 0, verifier = '' WHERE (epoch, number) <= (?, ?)", number)
    return DONE


def main() -> int:
    """Do what is asked for."""
    said = json.load(sys.stdin)
    with (FOLDER / "log").open("a") as log:
        log.write(f"{sys.argv[1]} {said['epoch']}/{said['number']} {said['fields'].get('username')}\n")
    moment(f"{sys.argv[1]}, begun")
    target = sqlite3.connect(FOLDER / "accounts.db", timeout=10, isolation_level=None)
    target.execute(
        "CREATE TABLE IF NOT EXISTS credential (epoch, number, mark, verifier, works, UNIQUE (epoch, number))"
    )
    target.execute("BEGIN IMMEDIATE")
    status = step(target, sys.argv[1], said)
    moment(f"{sys.argv[1]}, changed")
    target.execute("COMMIT")
    moment(f"{sys.argv[1]}, done")
    print(said["fields"])  # noqa: T201 - a careless one; nobody reads it
    return status


if __name__ == "__main__":
    sys.exit(main())
