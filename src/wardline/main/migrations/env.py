"""What Alembic runs for each migration: on the connection it is given, in one transaction where the database can."""

from alembic import context

from wardline.main.schema import SCHEMA


def run() -> None:
    """Run the migrations that were asked for on the connection in `attributes`."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=SCHEMA,
        render_as_batch=True,  # SQLite changes a table by copying it
        compare_type=True,
    )
    context.run_migrations()


run()
