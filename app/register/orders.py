"""How a list of entries is ordered, and where in that order a page begins."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, literal, tuple_

from app.register.models import Entry, Version

if TYPE_CHECKING:
    from app.register.queries import EntryView


class SortOrder(StrEnum):
    """How a list is ordered: by title, as Vietnamese is, or by what was recorded
    last.
    """

    TITLE = "title"
    RECORDED = "recorded"


def beyond(last: "EntryView", order: SortOrder) -> ColumnElement[bool]:
    """Say that an entry comes after `last` in an order."""
    own = literal(last.id, Entry.id.type)
    if order is SortOrder.TITLE:
        return tuple_(Version.sort_key, Entry.id) > tuple_(literal(last.sort_key), own)
    recorded = literal(last.recorded_at, Version.recorded_at.type)
    return tuple_(Version.recorded_at, Entry.id) < tuple_(recorded, own)
