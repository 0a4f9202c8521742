"""Representations are kept as the bytes that go out; the follower writes them anew from the journal.

Revision: 0015; follows 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def _made(text: 'sa.types.TypeEngine[object]') -> None:
    op.drop_table('representation')
    op.create_table(
        'representation',
        sa.Column('period_id', sa.Uuid(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('form', sa.String(length=10), nullable=False),
        sa.Column('stamp', sa.String(length=64), nullable=False),
        sa.Column('entry_id', sa.Uuid(), nullable=False),
        sa.Column('text', text, nullable=False),
        sa.Column('named', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('period_id', 'state', 'form', name=op.f('pk_representation')),
    )
    op.create_index(op.f('ix_representation_entry_id'), 'representation', ['entry_id'])
    op.execute(sa.text("UPDATE cursor SET seq = 0 WHERE name = 'rdf'"))


def upgrade() -> None:
    """Apply."""
    _made(sa.LargeBinary())


def downgrade() -> None:
    """Take back."""
    _made(sa.Text())
