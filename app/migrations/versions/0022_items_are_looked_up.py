"""Data items are looked up by name: a fact of each, of every version.

Revision ID: 0022
Revises: 0021
"""

import json

import sqlalchemy as sa
from alembic import op

from app.clock import OPEN_END, OPEN_START
from app.register.content.facts import name_key

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FIELD = "data_items.name"


def upgrade() -> None:
    bind = op.get_bind()
    versions = sa.text(
        "SELECT version.id, version.content FROM version"
        " JOIN entry ON entry.id = version.entry_id WHERE entry.kind = 'shared-database'"
    )
    fact = sa.table(
        "fact",
        sa.column("version_id"),
        sa.column("field"),
        sa.column("value"),
        sa.column("valid_from", sa.Date()),
        sa.column("valid_to", sa.Date()),
    )
    for version_id, stored in bind.execute(versions).all():
        content = json.loads(stored) if isinstance(stored, str) else stored
        named = [item for item in content.get("data_items", ()) if item.get("name")]
        for item in named:
            bind.execute(fact.insert().values(_fact(version_id, item)))


def _fact(version_id: object, item: dict) -> dict[str, object]:
    return {
        "version_id": version_id,
        "field": FIELD,
        "value": name_key(item["name"].get("vi", "")),
        "valid_from": OPEN_START,
        "valid_to": OPEN_END,
    }


def downgrade() -> None:
    fact = sa.table("fact", sa.column("field"))
    op.execute(fact.delete().where(fact.c.field == FIELD))
