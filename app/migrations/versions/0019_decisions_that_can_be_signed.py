"""What a decision is and says, what happened to it, and what was rectified.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

from app.db import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("decision") as batch:
        batch.add_column(
            sa.Column("kind", sa.String(20), nullable=False, server_default="new")
        )
        batch.add_column(
            sa.Column("effect", sa.String(20), nullable=False, server_default="day")
        )
        batch.add_column(sa.Column("target_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("target_from", sa.Date(), nullable=True))
        batch.add_column(
            sa.Column("wording", sa.JSON(), nullable=False, server_default="{}")
        )
        batch.add_column(
            sa.Column("steps", sa.JSON(), nullable=False, server_default="[]")
        )
        batch.create_index("ix_decision_target_id", ["target_id"])
    op.create_table(
        "rectification",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "decision_id", sa.Uuid(), sa.ForeignKey("decision.id"), nullable=False
        ),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_post", sa.Uuid(), sa.ForeignKey("post.id"), nullable=False),
        sa.Column(
            "asked_person", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False
        ),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("answered_post", sa.Uuid(), sa.ForeignKey("post.id"), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
    )
    op.create_table(
        "paper_habit",
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("values", sa.JSON(), nullable=False),
    )
    op.create_index("ix_rectification_decision_id", "rectification", ["decision_id"])


def downgrade() -> None:
    op.drop_table("paper_habit")
    op.drop_table("rectification")
    with op.batch_alter_table("decision") as batch:
        batch.drop_index("ix_decision_target_id")
        for name in (
            "kind",
            "effect",
            "target_id",
            "target_from",
            "wording",
            "steps",
        ):
            batch.drop_column(name)
