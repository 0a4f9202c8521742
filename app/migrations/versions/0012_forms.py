"""Representations are kept in every form; the follower writes them anew from the journal.

Revision: 0012; follows 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_table('representation')
    op.create_table(
        'representation',
        sa.Column('period_id', sa.Uuid(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('form', sa.String(length=10), nullable=False),
        sa.Column('stamp', sa.String(length=64), nullable=False),
        sa.Column('entry_id', sa.Uuid(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('named', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('period_id', 'state', 'form', name=op.f('pk_representation')),
    )
    op.create_index(op.f('ix_representation_entry_id'), 'representation', ['entry_id'])
    op.execute(sa.text("UPDATE cursor SET seq = 0 WHERE name = 'rdf'"))


def downgrade() -> None:
    """Take back."""
    op.drop_table('representation')
    op.create_table(
        'representation',
        sa.Column('period_id', sa.Uuid(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('stamp', sa.String(length=64), nullable=False),
        sa.Column('entry_id', sa.Uuid(), nullable=False),
        sa.Column('triples', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('period_id', 'state', name=op.f('pk_representation')),
    )
    op.create_index(op.f('ix_representation_entry_id'), 'representation', ['entry_id'])
    op.execute(sa.text("UPDATE cursor SET seq = 0 WHERE name = 'rdf'"))
