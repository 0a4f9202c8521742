"""What changed last is found by indexes: each page of the feed asks for it, and looked through every period.

Revision: 0014; follows 0013.
"""

from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

_INDEXES = (
    ('ix_period_recorded_seq', 'period', ['recorded_seq']),
    ('ix_period_valid_from', 'period', ['valid_from']),
    ('ix_period_valid_to', 'period', ['valid_to']),
    ('ix_journal_action_seq', 'journal', ['action', 'seq']),
)


def upgrade() -> None:
    """Apply."""
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Take back."""
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
