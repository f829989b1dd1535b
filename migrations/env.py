"""How Alembic reaches the database: through the application, which has loaded every feature's tables."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def run() -> None:
    """Run the revisions in one transaction, on the application's own engine."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            # The job queue's tables are described by its own library.
            include_name=lambda name, *_: not (name or "").startswith("procrastinate_"),
        )
        with context.begin_transaction():
            context.run_migrations()


run()
