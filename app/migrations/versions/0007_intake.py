"""What a decision has settled already is brought in together.

Revision: 0007; follows 0006.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('intake',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('annex', sa.String(length=64), nullable=True),
    sa.Column('signed', sa.String(length=64), nullable=True),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_post', sa.Uuid(), nullable=False),
    sa.Column('made_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_post', sa.Uuid(), nullable=True),
    sa.Column('decided_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['annex'], ['file.sha256'], name=op.f('fk_intake_annex')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_intake_decided_by')),
    sa.ForeignKeyConstraint(['decided_post'], ['post.id'], name=op.f('fk_intake_decided_post')),
    sa.ForeignKeyConstraint(['decision_id'], ['entry.id'], name=op.f('fk_intake_decision_id')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_intake_made_by')),
    sa.ForeignKeyConstraint(['made_post'], ['post.id'], name=op.f('fk_intake_made_post')),
    sa.ForeignKeyConstraint(['signed'], ['file.sha256'], name=op.f('fk_intake_signed')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake')),
    sa.UniqueConstraint('number', name=op.f('uq_intake_number'))
    )
    with op.batch_alter_table('intake', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intake_status'), ['status'], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table('intake')
