"""In which agency a post was before a succession.

Revision: 0006; follows 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('former_agency',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['entry.id'], name=op.f('fk_former_agency_agency_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_former_agency_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_agency'))
    )
    with op.batch_alter_table('former_agency', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_former_agency_post_id'), ['post_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table('former_agency')
