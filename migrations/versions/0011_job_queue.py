"""The job queue of many machines: procrastinate's tables, on PostgreSQL alone."""

from collections.abc import Sequence

from alembic import op
from procrastinate.schema import SchemaManager

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Of procrastinate 3.10. A later release that changes its schema gets a revision of its own: a test compares.
LAST_OF_ITS_MIGRATIONS = "03.04.00_50_post_add_retry_failed_job_procedure.sql"

_DROP = """
DO $$
DECLARE thing record;
BEGIN
  DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers
    CASCADE;
  FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
    WHERE starts_with(proname, 'procrastinate_') AND pronamespace = current_schema()::regnamespace
  LOOP
    EXECUTE 'DROP ROUTINE ' || thing.name;
  END LOOP;
  DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status;
END
$$
"""


def upgrade() -> None:
    if _has_queue():
        op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    if _has_queue():
        op.get_bind().exec_driver_sql(_DROP)


def _has_queue() -> bool:
    return op.get_bind().dialect.name == "postgresql"
