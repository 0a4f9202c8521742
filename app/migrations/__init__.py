"""Alembic migrations; `upgrade()` brings a database to the newest schema.

* Which tables are there? `tables`; what does the database itself forbid? `append_only`;
  Alembic enters at `env`
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db import Database
from app.errors import SetupError
from app.migrations import append_only


def configured(database: Database | None = None) -> Config:
    """Return what Alembic has to know, of a database or of the migrations alone."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    if database is not None:
        config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database) -> None:
    """Bring the schema up to date; idempotent. SetupError for a schema that is none of
    ours.
    """
    config = configured(database)
    with database.connection() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    known = {
        script.revision
        for script in ScriptDirectory.from_config(config).walk_revisions()
    }
    if present is not None and present not in known:
        raise SetupError(
            f"Lược đồ cơ sở dữ liệu là {present}, của một bản chưa phát hành: "
            "nâng lên 0015 bằng mã nguồn"
            " trước bản 0.1.0, rồi chạy lại “danhmuc migrate”"
        )
    command.upgrade(config, "head")


def require_current(database: Database) -> None:
    """Raise SetupError unless the schema is the newest one, whole, with what the
    database itself forbids.
    """
    newest = ScriptDirectory.from_config(configured()).get_current_head()
    with database.connection() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        lost = append_only.missing(connection) if present == newest else []
    if present != newest:
        raise SetupError(
            f"Lược đồ cơ sở dữ liệu là {present}, cần {newest}: chạy “danhmuc migrate”"
        )
    if lost:
        raise SetupError(
            f"Cơ sở dữ liệu thiếu chốt chống sửa nhật ký ({', '.join(lost)}): "
            "chạy “danhmuc migrate”"
        )
