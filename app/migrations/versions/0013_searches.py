"""People keep searches and are told what is new in them; the department keeps names that mean the same.

Revision: 0013; follows 0012.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        'saved_search',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('asked', sa.String(length=1000), nullable=False),
        sa.Column('saved_at', app.db.Instant(), nullable=False),
        sa.Column('told_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_search_person_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    )
    op.create_index(op.f('ix_saved_search_person_id'), 'saved_search', ['person_id'])
    op.create_table(
        'synonym_group',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('names', sa.Text(), nullable=False),
        sa.Column('kept_by_id', sa.Uuid(), nullable=False),
        sa.Column('kept_at', app.db.Instant(), nullable=False),
        sa.Column('dropped_at', app.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(['kept_by_id'], ['person.id'], name=op.f('fk_synonym_group_kept_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_synonym_group')),
    )
    op.create_index(op.f('ix_synonym_group_dropped_at'), 'synonym_group', ['dropped_at'])


def downgrade() -> None:
    """Take back."""
    op.drop_table('synonym_group')
    op.drop_table('saved_search')
