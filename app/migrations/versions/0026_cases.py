"""Cases: what one agency asks and another has to answer.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_case",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("match_key", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("asking_id", sa.Uuid(), sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("answering_id", sa.Uuid(), sa.ForeignKey("entry.id")),
        sa.Column("about_id", sa.Uuid(), sa.ForeignKey("entry.id")),
        sa.Column("group_id", sa.Uuid(), sa.ForeignKey("exchange_case.id")),
        sa.Column("origin", sa.String(200)),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON()),
        sa.Column("began_on", sa.Date()),
        sa.Column("due_on", sa.Date()),
        sa.Column("due_rule", sa.String(60)),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("lock_version", sa.Integer(), nullable=False),
    )
    for name in ("kind", "status", "about_id", "group_id", "origin"):
        op.create_index(f"ix_exchange_case_{name}", "exchange_case", [name])
    for name in ("asking_id", "answering_id"):
        columns = [name, "status"]
        op.create_index(f"ix_exchange_case_{name}", "exchange_case", columns)
    op.create_table(
        "case_partner",
        sa.Column(
            "case_id", sa.Uuid(), sa.ForeignKey("exchange_case.id"), primary_key=True
        ),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("entry.id"), primary_key=True),
    )
    op.create_index("ix_case_partner_agency_id", "case_partner", ["agency_id"])
    op.create_table(
        "case_step",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "case_id", sa.Uuid(), sa.ForeignKey("exchange_case.id"), nullable=False
        ),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("entry.id")),
        sa.Column("post_id", sa.Uuid(), sa.ForeignKey("post.id")),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id")),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON()),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("file", sa.String(64), sa.ForeignKey("file.sha256")),
        sa.Column("recorded_seq", sa.Integer(), nullable=False),
    )
    op.create_index("ix_case_step_case_id", "case_step", ["case_id", "recorded_seq"])
    op.create_index("ix_case_step_recorded_seq", "case_step", ["recorded_seq"])


def downgrade() -> None:
    op.drop_table("case_step")
    op.drop_table("case_partner")
    op.drop_table("exchange_case")
