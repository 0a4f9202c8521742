"""How much runs over connections and channels.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "traffic_figure",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("connection_id", sa.Uuid(), sa.ForeignKey("entry.id")),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("flow", sa.String(20), nullable=False),
        sa.Column("extent", sa.String(20), nullable=False),
        sa.Column("counted_by", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("month", sa.Date()),
        sa.Column("since", sa.Date()),
        sa.Column("until_first", sa.Date()),
        sa.Column("until_last", sa.Date()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("certainty", sa.String(40), nullable=False),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("post_id", sa.Uuid(), sa.ForeignKey("post.id"), nullable=False),
        sa.Column("recorded_seq", sa.Integer(), nullable=False),
        sa.Column("superseded_seq", sa.Integer()),
    )
    for name in ("month", "connection_id", "recorded_seq", "superseded_seq"):
        op.create_index(f"ix_traffic_figure_{name}", "traffic_figure", [name])


def downgrade() -> None:
    op.drop_table("traffic_figure")
