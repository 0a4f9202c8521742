"""Files that agencies register from, and what was ordered of their rows.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("entry.id"), nullable=False, index=True),
        sa.Column("file", sa.String(64), sa.ForeignKey("file.sha256"), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("wish", sa.String(10)),
        sa.Column("until", sa.Integer()),
        sa.Column("made_by", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("made_post", sa.Uuid(), sa.ForeignKey("post.id"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "upload_row",
        sa.Column("upload_id", sa.Uuid(), sa.ForeignKey("upload.id"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sheet", sa.String(100), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("entry_id", sa.Uuid(), sa.ForeignKey("entry.id")),
        sa.Column("base_id", sa.Uuid(), sa.ForeignKey("version.id")),
        sa.Column("draft_id", sa.Uuid(), sa.ForeignKey("proposal.id")),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.Date()),
        sa.Column("effective_to", sa.Date()),
        sa.Column("send", sa.Boolean(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), sa.ForeignKey("proposal.id")),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("upload_row")
    op.drop_table("upload")
