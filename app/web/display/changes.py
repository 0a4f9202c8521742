"""What several proposals change, each in lines: read at once for a list of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.db import among
from app.register.models import Version
from app.web.display.diff import Differ, FieldDiff
from app.web.display.entry_names import EntryNames
from app.workflow.context import Desk
from app.workflow.proposals.models import Proposal


def of(desk: Desk, rows: Sequence[Proposal]) -> dict[UUID, list[FieldDiff]]:
    """Return what each proposal changes of the version that it was made from; all that
    it says, where it was made from none.
    """
    ids = {row.id: row.base_version_id for row in rows if row.base_version_id}
    query = select(Version).where(among(desk.session, Version.id, ids.values()))
    bases = {version.id: version.content for version in desk.session.scalars(query)}
    before = {row.id: bases[ids[row.id]] if row.id in ids else {} for row in rows}
    kinds = {row.id: desk.profile.kinds[row.kind] for row in rows}
    said = [(kinds[row.id].fields, row.content) for row in rows]
    said += [(kinds[row.id].fields, before[row.id]) for row in rows]
    names = EntryNames.of(desk.session, *said)
    return {
        row.id: Differ(names.profile, kinds[row.id], names).between(
            before[row.id], row.content
        )
        for row in rows
    }
