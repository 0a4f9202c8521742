"""What the shared warehouse holds of databases and their items.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "warehouse_load",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("entry_id", sa.Uuid(), sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("integrated", sa.String(20), nullable=False),
        sa.Column("records", sa.BigInteger()),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("certainty", sa.String(40), nullable=False),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("post_id", sa.Uuid(), sa.ForeignKey("post.id"), nullable=False),
        sa.Column("recorded_seq", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", sa.Integer()),
    )
    for name in ("entry_id", "recorded_seq"):
        op.create_index(f"ix_warehouse_load_{name}", "warehouse_load", [name])


def downgrade() -> None:
    op.drop_table("warehouse_load")
