"""The schema of the first release: everything, made at once.

Revision: 0015; the steps by which it came to be were never released. It keeps the number of the last of them, so that a
register that has come that far goes on as it is.
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = '0015'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('counter',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('cursor',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=80), nullable=True),
    sa.Column('until', app.db.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_cursor'))
    )
    op.create_table('entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('local_id', sa.String(length=60), nullable=True),
    sa.Column('iri', sa.String(length=300), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry')),
    sa.UniqueConstraint('iri', name=op.f('uq_entry_iri')),
    sa.UniqueConstraint('kind', 'local_id', name=op.f('uq_entry_kind_local_id'))
    )
    op.create_index(op.f('ix_entry_kind'), 'entry', ['kind'], unique=False)
    op.create_table('failed_login',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('pair', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('at', app.db.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_login'))
    )
    op.create_index(op.f('ix_failed_login_account'), 'failed_login', ['account'], unique=False)
    op.create_index(op.f('ix_failed_login_pair'), 'failed_login', ['pair'], unique=False)
    op.create_index(op.f('ix_failed_login_source'), 'failed_login', ['source'], unique=False)
    op.create_table('file',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stored_at', app.db.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_file'))
    )
    op.create_table('job',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('done_at', app.db.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', 'day', name=op.f('pk_job'))
    )
    op.create_table('journal',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('entry_id', sa.Uuid(), nullable=True),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.Column('version_id', sa.Uuid(), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=True),
    sa.Column('prev', sa.String(length=64), nullable=False),
    sa.Column('leaf', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_journal')),
    sa.UniqueConstraint('leaf', name=op.f('uq_journal_leaf'))
    )
    op.create_index('ix_journal_action_seq', 'journal', ['action', 'seq'], unique=False)
    op.create_index(op.f('ix_journal_entry_id'), 'journal', ['entry_id'], unique=False)
    op.create_index(op.f('ix_journal_proposal_id'), 'journal', ['proposal_id'], unique=False)
    op.create_table('person',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('must_change', sa.Boolean(), nullable=False),
    sa.Column('activated_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('seen_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('disabled_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('disabled_for', sa.String(length=20), nullable=True),
    sa.Column('digest', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email_key', name=op.f('uq_person_email_key'))
    )
    op.create_table('representation',
    sa.Column('period_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('form', sa.String(length=10), nullable=False),
    sa.Column('stamp', sa.String(length=64), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('named', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('period_id', 'state', 'form', name=op.f('pk_representation'))
    )
    op.create_index(op.f('ix_representation_entry_id'), 'representation', ['entry_id'], unique=False)
    op.create_table('answered',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('etag', sa.String(length=40), nullable=True),
    sa.Column('at', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_answered_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'key', name=op.f('pk_answered'))
    )
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('sent_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('not_before', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_letter_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('key', name=op.f('uq_letter_key'))
    )
    op.create_index(op.f('ix_letter_person_id'), 'letter', ['person_id'], unique=False)
    op.create_index(op.f('ix_letter_sent_at'), 'letter', ['sent_at'], unique=False)
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('turn', sa.Boolean(), nullable=False),
    sa.Column('at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('read_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('key', name=op.f('uq_notice_key'))
    )
    op.create_index(op.f('ix_notice_at'), 'notice', ['at'], unique=False)
    op.create_index(op.f('ix_notice_person_id'), 'notice', ['person_id'], unique=False)
    op.create_table('one_time_link',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('until', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_one_time_link_person_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_one_time_link'))
    )
    op.create_index(op.f('ix_one_time_link_person_id'), 'one_time_link', ['person_id'], unique=False)
    op.create_table('post',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['entry.id'], name=op.f('fk_post_agency_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post'))
    )
    op.create_index(op.f('ix_post_agency_id'), 'post', ['agency_id'], unique=False)
    op.create_table('recovery_code',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('used_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recovery_code_person_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_recovery_code'))
    )
    op.create_index(op.f('ix_recovery_code_person_id'), 'recovery_code', ['person_id'], unique=False)
    op.create_table('saved_search',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('asked', sa.String(length=1000), nullable=False),
    sa.Column('saved_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_search_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search'))
    )
    op.create_index(op.f('ix_saved_search_person_id'), 'saved_search', ['person_id'], unique=False)
    op.create_table('second_factor',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_second_factor_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_second_factor'))
    )
    op.create_table('synonym_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('names', sa.Text(), nullable=False),
    sa.Column('kept_by_id', sa.Uuid(), nullable=False),
    sa.Column('kept_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('dropped_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['kept_by_id'], ['person.id'], name=op.f('fk_synonym_group_kept_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_synonym_group'))
    )
    op.create_index(op.f('ix_synonym_group_dropped_at'), 'synonym_group', ['dropped_at'], unique=False)
    op.create_table('version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('sort_key', sa.String(length=1500), nullable=False),
    sa.Column('match_key', sa.String(length=500), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['entry.id'], name=op.f('fk_version_decided_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_version_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_version')),
    sa.UniqueConstraint('entry_id', 'number', name=op.f('uq_version_entry_id_number'))
    )
    op.create_index(op.f('ix_version_decision_id'), 'version', ['decision_id'], unique=False)
    op.create_index(op.f('ix_version_match_key'), 'version', ['match_key'], unique=False)
    op.create_table('api_token',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('prefix', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('issued_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('until', app.db.Instant(timezone=True), nullable=False),
    sa.Column('revoked_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('signing_until', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_api_token_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_api_token_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('key', name=op.f('uq_api_token_key'))
    )
    op.create_index(op.f('ix_api_token_person_id'), 'api_token', ['person_id'], unique=False)
    op.create_table('campaign',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('opened_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('closed_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_campaign_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    sa.UniqueConstraint('number', name=op.f('uq_campaign_number'))
    )
    op.create_table('canned_reason',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('added_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('dropped_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_canned_reason_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_reason'))
    )
    op.create_table('decision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('issuer', sa.String(length=20), nullable=False),
    sa.Column('bases', sa.JSON(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('lock_version', sa.Integer(), nullable=False),
    sa.Column('annex', sa.JSON(), nullable=True),
    sa.Column('annex_hash', sa.String(length=64), nullable=True),
    sa.Column('annex_file', sa.String(length=64), nullable=True),
    sa.Column('text_file', sa.String(length=64), nullable=True),
    sa.Column('report', sa.String(length=120), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('symbol', sa.String(length=60), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('signatory', sa.String(length=200), nullable=True),
    sa.Column('signed_file', sa.String(length=64), nullable=True),
    sa.Column('entry_id', sa.Uuid(), nullable=True),
    sa.Column('made_post', sa.Uuid(), nullable=False),
    sa.Column('made_at', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_post'], ['post.id'], name=op.f('fk_decision_made_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('number', name=op.f('uq_decision_number'))
    )
    op.create_index(op.f('ix_decision_entry_id'), 'decision', ['entry_id'], unique=False)
    op.create_index(op.f('ix_decision_step'), 'decision', ['step'], unique=False)
    op.create_table('dossier',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('symbol', sa.String(length=60), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('file', sa.String(length=64), nullable=True),
    sa.Column('lock_version', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('sent_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['entry.id'], name=op.f('fk_dossier_agency_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_dossier_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier')),
    sa.UniqueConstraint('number', name=op.f('uq_dossier_number'))
    )
    op.create_index(op.f('ix_dossier_agency_id'), 'dossier', ['agency_id'], unique=False)
    op.create_table('fact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(length=80), nullable=False),
    sa.Column('value', sa.String(length=200), nullable=True),
    sa.Column('target_id', sa.Uuid(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['target_id'], ['entry.id'], name=op.f('fk_fact_target_id')),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], name=op.f('fk_fact_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fact'))
    )
    op.create_index('ix_fact_field_value', 'fact', ['field', 'value'], unique=False)
    op.create_index('ix_fact_target_id_field', 'fact', ['target_id', 'field'], unique=False)
    op.create_index('ix_fact_version_id_field', 'fact', ['version_id', 'field'], unique=False)
    op.create_table('former_agency',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['entry.id'], name=op.f('fk_former_agency_agency_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_former_agency_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_agency'))
    )
    op.create_index(op.f('ix_former_agency_post_id'), 'former_agency', ['post_id'], unique=False)
    op.create_table('holding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('delegated_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_holding_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_holding_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holding'))
    )
    op.create_index('ix_holding_post_id_person_id', 'holding', ['post_id', 'person_id'], unique=False)
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
    op.create_index(op.f('ix_intake_status'), 'intake', ['status'], unique=False)
    op.create_table('login_session',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('begun_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('until', app.db.Instant(timezone=True), nullable=False),
    sa.Column('seen_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('factor_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('signing_until', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_login_session_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_login_session_post_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_login_session'))
    )
    op.create_index(op.f('ix_login_session_person_id'), 'login_session', ['person_id'], unique=False)
    op.create_table('period',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('suspended', sa.Boolean(), nullable=False),
    sa.Column('recorded_seq', sa.Integer(), nullable=False),
    sa.Column('superseded_seq', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_period_entry_id')),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], name=op.f('fk_period_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period'))
    )
    op.create_index(op.f('ix_period_entry_id'), 'period', ['entry_id'], unique=False)
    op.create_index('ix_period_recorded_seq', 'period', ['recorded_seq'], unique=False)
    op.create_index('ix_period_standing', 'period', ['superseded_seq', 'entry_id', 'valid_from'], unique=False)
    op.create_index('ix_period_valid_from', 'period', ['valid_from'], unique=False)
    op.create_index('ix_period_valid_to', 'period', ['valid_to'], unique=False)
    op.create_table('proposal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('type', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('base_version_id', sa.Uuid(), nullable=True),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('lock_version', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('edited_in', sa.String(length=50), nullable=True),
    sa.Column('copied', sa.JSON(), nullable=True),
    sa.Column('approved_hash', sa.String(length=64), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('submitted_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('spent_days', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_rule', sa.String(length=60), nullable=True),
    sa.Column('assignee_id', sa.Uuid(), nullable=True),
    sa.Column('dossier_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('changed_at', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['entry.id'], name=op.f('fk_proposal_agency_id')),
    sa.ForeignKeyConstraint(['base_version_id'], ['version.id'], name=op.f('fk_proposal_base_version_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_proposal_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('number', name=op.f('uq_proposal_number'))
    )
    op.create_index(op.f('ix_proposal_assignee_id'), 'proposal', ['assignee_id'], unique=False)
    op.create_index(op.f('ix_proposal_decision_id'), 'proposal', ['decision_id'], unique=False)
    op.create_index(op.f('ix_proposal_dossier_id'), 'proposal', ['dossier_id'], unique=False)
    op.create_index(op.f('ix_proposal_entry_id'), 'proposal', ['entry_id'], unique=False)
    op.create_index('ix_proposal_status_agency_id', 'proposal', ['status', 'agency_id'], unique=False)
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
    op.create_index(op.f('ix_attachment_proposal_id'), 'attachment', ['proposal_id'], unique=False)
    op.create_table('campaign_answer',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('answer', sa.String(length=20), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['entry.id'], name=op.f('fk_campaign_answer_agency_id')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_answer_campaign_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_campaign_answer_post_id')),
    sa.PrimaryKeyConstraint('campaign_id', 'agency_id', name=op.f('pk_campaign_answer'))
    )
    op.create_index(op.f('ix_campaign_answer_agency_id'), 'campaign_answer', ['agency_id'], unique=False)
    op.create_table('consultation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=True),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('closed_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_consultation_decision_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_consultation_post_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_consultation_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation')),
    sa.UniqueConstraint('number', name=op.f('uq_consultation_number'))
    )
    op.create_index(op.f('ix_consultation_decision_id'), 'consultation', ['decision_id'], unique=False)
    op.create_index(op.f('ix_consultation_proposal_id'), 'consultation', ['proposal_id'], unique=False)
    op.create_table('finding',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=120), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=True),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('raised_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('resolved_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_finding_post_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_finding_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding'))
    )
    op.create_index(op.f('ix_finding_proposal_id'), 'finding', ['proposal_id'], unique=False)
    op.create_table('hand',
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_hand_person_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_hand_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'person_id', name=op.f('pk_hand'))
    )
    op.create_table('revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=20), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('at', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_revision_post_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_revision_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision'))
    )
    op.create_index(op.f('ix_revision_proposal_id'), 'revision', ['proposal_id'], unique=False)
    op.create_table('opinion',
    sa.Column('consultation_id', sa.Uuid(), nullable=False),
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.String(length=20), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('comments', sa.JSON(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('handling', sa.Text(), nullable=True),
    sa.Column('handled_by', sa.Uuid(), nullable=True),
    sa.Column('handled_at', app.db.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['entry.id'], name=op.f('fk_opinion_agency_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_opinion_consultation_id')),
    sa.ForeignKeyConstraint(['handled_by'], ['post.id'], name=op.f('fk_opinion_handled_by')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_opinion_post_id')),
    sa.PrimaryKeyConstraint('consultation_id', 'agency_id', name=op.f('pk_opinion'))
    )
    op.create_index(op.f('ix_opinion_agency_id'), 'opinion', ['agency_id'], unique=False)
    op.create_table('reply',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('finding_id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('mended', sa.Boolean(), nullable=False),
    sa.Column('at', app.db.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_reply_finding_id')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_reply_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply'))
    )
    op.create_index(op.f('ix_reply_finding_id'), 'reply', ['finding_id'], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    """There is nothing before it."""
    raise NotImplementedError("this is the first schema")
