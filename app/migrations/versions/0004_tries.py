"""Failures at the door are counted by account too.

Revision: 0004; follows 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute('DELETE FROM failed_login')  # none of them is older than a quarter of an hour where it counts
    with op.batch_alter_table('failed_login', schema=None) as batch_op:
        batch_op.add_column(sa.Column('account', sa.String(length=64), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_failed_login_account'), ['account'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('failed_login', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_failed_login_account'))
        batch_op.drop_column('account')
