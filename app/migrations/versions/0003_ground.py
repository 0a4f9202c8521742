"""Second factors, invitations, limits of sessions, disabled accounts; attachments of proposals.

Revision: 0003; follows 0002.
"""

import sqlalchemy as sa
from alembic import op

import app.db
from app import clock

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    now = clock.now().strftime('%Y-%m-%d %H:%M:%S.%f')  # a constant: SQLite adds a column with no other default
    op.create_table('one_time_link',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('until', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_one_time_link_person_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_one_time_link'))
    )
    with op.batch_alter_table('one_time_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_link_person_id'), ['person_id'], unique=False)

    op.create_table('recovery_code',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('used_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recovery_code_person_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_person_id'), ['person_id'], unique=False)

    op.create_table('second_factor',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_second_factor_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_second_factor'))
    )
    op.create_table('attachment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('added_at', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_attachment_post_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_attachment_proposal_id')),
    sa.ForeignKeyConstraint(['sha256'], ['file.sha256'], name=op.f('fk_attachment_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_proposal_id'), ['proposal_id'], unique=False)

    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signing_until', app.db.Instant(timezone=True), nullable=True))

    op.execute('DELETE FROM login_session')  # everybody logs in again
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen_at', app.db.Instant(timezone=True), nullable=False, server_default=now))
        batch_op.add_column(sa.Column('factor_at', app.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('signing_until', app.db.Instant(timezone=True), nullable=True))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('must_change', sa.Boolean(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('activated_at', app.db.Instant(timezone=True), nullable=False, server_default=now))
        batch_op.add_column(sa.Column('seen_at', app.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('disabled_at', app.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('disabled_for', sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('disabled_for')
        batch_op.drop_column('disabled_at')
        batch_op.drop_column('seen_at')
        batch_op.drop_column('activated_at')
        batch_op.drop_column('must_change')

    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_column('signing_until')
        batch_op.drop_column('factor_at')
        batch_op.drop_column('seen_at')

    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_column('signing_until')

    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_proposal_id'))

    op.drop_table('attachment')
    op.drop_table('second_factor')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_person_id'))

    op.drop_table('recovery_code')
    with op.batch_alter_table('one_time_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_link_person_id'))

    op.drop_table('one_time_link')
