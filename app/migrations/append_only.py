"""What the database itself forbids: rows of the journal, versions and periods are
neither changed nor deleted.

The one exception is `period.superseded_seq`, which may be set once. A table that a
later migration makes anew loses its triggers on SQLite, so they are laid again after
every upgrade, and the application does not start without them.
"""

from sqlalchemy import Connection, text

MESSAGE = "append-only"
TABLES = ("journal", "version", "period")
_KEPT = (
    "id",
    "entry_id",
    "version_id",
    "valid_from",
    "valid_to",
    "suspended",
    "recorded_seq",
)
_CHANGED = {
    "sqlite": " OR ".join(
        [
            "OLD.superseded_seq IS NOT NULL",
            *(f"NEW.{name} IS NOT OLD.{name}" for name in _KEPT),
        ]
    ),
    "postgresql": " OR ".join(
        [
            "OLD.superseded_seq IS NOT NULL",
            *(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _KEPT),
        ]
    ),
}
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION '{MESSAGE}: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END$$
"""  # noqa: E501 - one statement


def lay(connection: Connection) -> None:
    """Make every trigger that is not there; idempotent."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text(_FUNCTION))
    present = _present(connection)
    for table in TABLES:
        for event in _events(dialect):
            name = f"{table}_no_{event.lower()}"
            if name not in present:
                connection.execute(text(_trigger(dialect, name, table, event)))


def missing(connection: Connection) -> list[str]:
    """Return the names of the triggers that should be there and are not."""
    names = [
        f"{table}_no_{event.lower()}"
        for table in TABLES
        for event in _events(connection.dialect.name)
    ]
    present = _present(connection)
    return [name for name in names if name not in present]


def _events(dialect: str) -> tuple[str, ...]:
    return (
        ("UPDATE", "DELETE", "TRUNCATE")
        if dialect == "postgresql"
        else ("UPDATE", "DELETE")
    )


def _present(connection: Connection) -> set[str]:
    of = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        ),
    }
    return set(connection.execute(text(of[connection.dialect.name])).scalars())


def _trigger(dialect: str, name: str, table: str, event: str) -> str:
    when = (
        f" WHEN ({_CHANGED[dialect]})" if (table, event) == ("period", "UPDATE") else ""
    )
    if dialect == "postgresql":
        scope = "STATEMENT" if event == "TRUNCATE" else "ROW"
        laid = (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} FOR EACH "
            f"{scope}{when}"
        )
        return (
            f"{laid} EXECUTE FUNCTION append_only(); ALTER TABLE {table} ENABLE "
            f"TRIGGER {name}"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT "
        f"RAISE(ABORT, '{MESSAGE}: {table}'); END"
    )
