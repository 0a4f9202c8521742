"""Whether the data of a database is as fresh as its owner says: a clock apart from that
of its description.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from app.register.queries import EntryView

DAYS = {
    "CONT": 1,
    "UPDATE_CONT": 1,
    "DAILY": 1,
    "WEEKLY": 7,
    "MONTHLY": 31,
    "QUARTERLY": 92,
    "ANNUAL_2": 183,
    "ANNUAL": 366,
}
GRACE = 7  # days that may go by before anybody speaks of it


def due(view: EntryView) -> date | None:
    """Return by when the data should have been updated; None where no rhythm or no day
    was given.
    """
    days, last = (
        DAYS.get(str(view.content.get("frequency"))),
        view.content.get("last_updated"),
    )
    try:
        return (
            date.fromisoformat(str(last)) + timedelta(days=days)
            if days and last
            else None
        )
    except (ValueError, OverflowError):
        return None


def overdue(views: Iterable[EntryView], day: date) -> list[tuple[EntryView, date]]:
    """Return the entries whose data is late on a day by more than the grace, the latest
    first.
    """
    late = [
        (view, until)
        for view in views
        if (until := due(view)) and until + timedelta(days=GRACE) < day
    ]
    return sorted(late, key=lambda pair: pair[1])
