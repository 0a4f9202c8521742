"""What happened to a consultation or campaign, and answers that came on paper.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("consultation", "campaign"):
        steps = sa.Column("steps", sa.JSON(), nullable=False, server_default="[]")
        with op.batch_alter_table(table) as batch:
            batch.add_column(steps)
    for table in ("opinion", "campaign_answer"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("paper", sa.JSON(), nullable=True))


def downgrade() -> None:
    for table in ("opinion", "campaign_answer"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("paper")
    for table in ("consultation", "campaign"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("steps")
