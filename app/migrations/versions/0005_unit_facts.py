"""Codes of administrative units can be looked up.

Revision: 0005; follows 0004.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None
FIELD = 'administrative_unit.code'


def upgrade() -> None:
    """Apply."""
    version = sa.table('version', sa.column('id', sa.Uuid()), sa.column('content', sa.JSON()))
    fact = sa.table(
        'fact', sa.column('version_id', sa.Uuid()), sa.column('field'), sa.column('value'),
        sa.column('valid_from', sa.Date()), sa.column('valid_to', sa.Date()),
    )
    rows = []
    for version_id, content in op.get_bind().execute(sa.select(version.c.id, version.c.content)):
        unit = content.get('administrative_unit') or {}
        if unit.get('code'):
            since = date.fromisoformat(unit['valid_from']) if unit.get('valid_from') else date.min
            rows.append({'version_id': version_id, 'field': FIELD, 'value': unit['code'], 'valid_from': since, 'valid_to': date.max})
    if rows:
        op.bulk_insert(fact, rows)


def downgrade() -> None:
    """Take back."""
    op.execute(sa.text("DELETE FROM fact WHERE field = 'administrative_unit.code'"))
