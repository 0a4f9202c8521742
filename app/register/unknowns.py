"""What agencies have left undetermined in their databases."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.register.content.facts import UNDETERMINED
from app.register.models import Fact, Version
from app.register.own_databases import ORIGINALS
from app.register.queries import Register


def by_owner(register: Register) -> dict[UUID, int]:
    """Return how many values are undetermined in the original records of each agency's
    databases, as they stand on the register's day.
    """
    versions = register.matching(ORIGINALS, lambda _: (Version.id,)).subquery()
    owner, unknown = aliased(Fact), aliased(Fact)
    counts = (
        select(owner.target_id, func.count())
        .join(versions, versions.c.id == owner.version_id)
        .join(unknown, unknown.version_id == owner.version_id)
        .where(owner.field == "owner", unknown.value == UNDETERMINED)
        .group_by(owner.target_id)
    )
    rows = register.session.execute(counts)
    return {agency: count for agency, count in rows if agency is not None}
