"""Bring a database's tables to what this version of Wardline expects, and say where they stand.

Migrations are the files of `migrations/versions`. Each runs in one transaction together with the mark that it ran, on
SQLite and on PostgreSQL alike, so a migration that is cut off never happened. Nodes that migrate at the same time wait
for each other (an advisory lock on PostgreSQL, the write lock on SQLite).
"""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from wardline.kernel.database.engine import Database
from wardline.kernel.errors import CannotSayError

_LOCK: Final = 0x77617264  # "ward": the number of the advisory lock
_FOLDER: Final = Path(__file__).parent / "migrations"


def newest() -> str:
    """Return the revision that this version of Wardline expects."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise CannotSayError("this installation has no migrations", hint="install Wardline again")
    return head


def standing(database: Database) -> str | None:
    """Return the revision at which the database stands, or None where it was never migrated.

    Raises: `UnavailableError` where it does not answer.
    """
    with database.reading() as tx:
        return MigrationContext.configure(tx).get_current_revision()


def migrate(database: Database, revision: str = "head") -> str | None:
    """Bring the database to `revision` (`head`: the newest; `base`: no table left) and return where it stands.

    Raises: `UnavailableError` where it does not answer; `CannotSayError` where it is newer than this Wardline.
    """
    with database.transaction() as tx:
        if database.postgresql:
            tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _known(tx)
        config = _config()
        config.attributes["connection"] = tx
        if revision == "base":
            command.downgrade(config, revision)
        elif revision == "head" or _ahead(tx, revision):
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
        return MigrationContext.configure(tx).get_current_revision()


def require_migrated(database: Database) -> None:
    """Go on only if the database stands where this version expects it.

    Raises: `CannotSayError`, naming the way out; `UnavailableError` where it does not answer.
    """
    found = standing(database)
    if found != newest():
        raise CannotSayError(
            f"the database stands at {found or 'nothing'}, and this version needs {newest()}",
            hint="run `wardline migrate` once, with the newest version of all nodes",
        )


def _known(tx: Connection) -> None:
    found = MigrationContext.configure(tx).get_current_revision()
    if found is not None and found not in {part.revision for part in _scripts().walk_revisions()}:
        raise CannotSayError(
            f"the database stands at {found}, which this version does not know",
            hint="it was migrated by a newer Wardline: upgrade this node",
        )


def _ahead(tx: Connection, revision: str) -> bool:
    found = MigrationContext.configure(tx).get_current_revision()
    below = {part.revision for part in _scripts().iterate_revisions(revision, "base")}
    return found is None or found in below


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
