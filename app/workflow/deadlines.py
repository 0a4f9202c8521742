"""By when the department answers: working days counted from the submission, weekends left out."""

from datetime import date, datetime, timedelta

from app import clock

_SATURDAY = 5


def due(since: datetime, working_days: int) -> date:
    """Return the last day of the term: the submission's day does not count. Public holidays are not known yet."""
    day = clock.local(since).date()
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def left(until: date, today: date) -> int:
    """Return how many working days are left, negative when the term is over."""
    if today > until:
        return -left(today, until)
    days = (today + timedelta(days=n) for n in range(1, (until - today).days + 1))
    return sum(day.weekday() < _SATURDAY for day in days)
