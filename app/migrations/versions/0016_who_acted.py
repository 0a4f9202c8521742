"""Journal rows say which person acted, on whom, and what of the register they vouch for.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "journal",
        sa.Column("edition", sa.Integer(), nullable=False, server_default="1"),
    )
    op.add_column("journal", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("journal", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.add_column("journal", sa.Column("periods", sa.String(64), nullable=True))
    op.create_index(op.f("ix_journal_person_id"), "journal", ["person_id"])


def downgrade() -> None:
    newer = sa.text("SELECT count(*) FROM journal WHERE edition > 1")
    if op.get_bind().execute(newer).scalar_one():
        raise RuntimeError(
            "The journal has rows that vouch for what 0015 does not keep; restore the "
            "backup made before instead"
        )
    op.drop_index(op.f("ix_journal_person_id"), table_name="journal")
    for name in ("periods", "subject_id", "person_id", "edition"):
        op.drop_column("journal", name)
