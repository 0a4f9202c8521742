"""Terms, assignment, consultations, dossiers, campaigns, shared reasons, notices, delegation.

Revision: 0011; follows 0010.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, app.db.Instant(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _number(name: str = "number") -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length) if length else sa.Text(), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    """Apply."""
    op.add_column("proposal", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("proposal", _text("due_rule", 60, nullable=True))
    for column in ("assignee_id", "dossier_id"):
        op.add_column("proposal", _id(column, nullable=True))
        _index("proposal", column)
    op.add_column("person", sa.Column("digest", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("holding", _id("delegated_by", nullable=True))
    op.add_column("letter", _instant("not_before", nullable=True))
    _consultations()
    _together()
    _told()


def _consultations() -> None:
    op.create_table(
        "consultation",
        _id("id"),
        _number(),
        _id("proposal_id", nullable=True),
        _id("decision_id", nullable=True),
        _text("question"),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        _id("post_id"),
        _instant("asked_at"),
        _instant("closed_at", nullable=True),
        _refers("consultation", "proposal_id", "proposal"),
        _refers("consultation", "decision_id", "decision"),
        _refers("consultation", "post_id", "post"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("number", name=op.f("uq_consultation_number")),
    )
    _index("consultation", "proposal_id", "decision_id")
    op.create_table(
        "opinion",
        _id("consultation_id"),
        _id("agency_id"),
        _text("verdict", 20, nullable=True),
        _text("reason", nullable=True),
        sa.Column("comments", sa.JSON(), nullable=False),
        _id("post_id", nullable=True),
        _instant("answered_at", nullable=True),
        _text("handling", nullable=True),
        _id("handled_by", nullable=True),
        _instant("handled_at", nullable=True),
        _refers("opinion", "consultation_id", "consultation"),
        _refers("opinion", "agency_id", "entry"),
        _refers("opinion", "post_id", "post"),
        _refers("opinion", "handled_by", "post"),
        sa.PrimaryKeyConstraint("consultation_id", "agency_id", name=op.f("pk_opinion")),
    )
    _index("opinion", "agency_id")


def _together() -> None:
    op.create_table(
        "dossier",
        _id("id"),
        _number(),
        _id("agency_id"),
        _text("title", 300),
        _text("symbol", 60, nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        _text("file", 64, nullable=True),
        _number("lock_version"),
        _id("post_id"),
        _instant("made_at"),
        _instant("sent_at", nullable=True),
        _refers("dossier", "agency_id", "entry"),
        _refers("dossier", "post_id", "post"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_number")),
    )
    _index("dossier", "agency_id")
    op.create_table(
        "campaign",
        _id("id"),
        _number(),
        _text("title", 300),
        _text("text"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _id("post_id"),
        _instant("opened_at"),
        _instant("closed_at", nullable=True),
        _refers("campaign", "post_id", "post"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("number", name=op.f("uq_campaign_number")),
    )
    op.create_table(
        "campaign_answer",
        _id("campaign_id"),
        _id("agency_id"),
        _text("answer", 20, nullable=True),
        _text("note", nullable=True),
        _id("post_id", nullable=True),
        _instant("answered_at", nullable=True),
        _refers("campaign_answer", "campaign_id", "campaign"),
        _refers("campaign_answer", "agency_id", "entry"),
        _refers("campaign_answer", "post_id", "post"),
        sa.PrimaryKeyConstraint("campaign_id", "agency_id", name=op.f("pk_campaign_answer")),
    )
    _index("campaign_answer", "agency_id")


def _told() -> None:
    op.create_table(
        "canned_reason",
        _id("id"),
        _text("text", 500),
        _id("post_id"),
        _instant("added_at"),
        _instant("dropped_at", nullable=True),
        _refers("canned_reason", "post_id", "post"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reason")),
    )
    op.create_table(
        "notice",
        _number("id"),
        _text("key", 120),
        _id("person_id"),
        _text("subject", 300),
        _text("why", 300),
        _text("path", 200),
        sa.Column("turn", sa.Boolean(), nullable=False),
        _instant("at"),
        _instant("read_at", nullable=True),
        _refers("notice", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    _index("notice", "person_id", "at")


def downgrade() -> None:
    """Take back."""
    for table in ("notice", "canned_reason", "campaign_answer", "campaign", "dossier", "opinion", "consultation"):
        op.drop_table(table)
    op.drop_column("letter", "not_before")
    op.drop_column("holding", "delegated_by")
    op.drop_column("person", "digest")
    for column in ("dossier_id", "assignee_id"):
        op.drop_index(op.f(f"ix_proposal_{column}"), table_name="proposal")
        op.drop_column("proposal", column)
    op.drop_column("proposal", "due_rule")
    op.drop_column("proposal", "due_on")
