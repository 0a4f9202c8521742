"""Words and forms of the screens: states with their tag colours, dates, numbers."""

from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import lazy_gettext as _

from app import clock
from app.clock import OPEN_END, OPEN_START
from app.register.queries import State
from app.web import language

STATES: Mapping[State, tuple[object, str]] = {
    State.IN_FORCE: (_("Đang hiệu lực"), "govuk-tag--green"),
    State.NOT_YET: (_("Chưa có hiệu lực"), "govuk-tag--turquoise"),
    State.SUSPENDED: (_("Tạm ngừng chia sẻ"), "govuk-tag--pink"),
    State.ENDED: (_("Hết hiệu lực"), "govuk-tag--grey"),
}


def label(texts: Mapping[str, str]) -> str:
    """Return the text of the request's language, Vietnamese when there is no other."""
    return texts.get(language.current()) or texts["vi"]


def day(value: date) -> str:
    """Return a day as 31/12/2026, in words where it is open or unknown."""
    if value == OPEN_START:
        return str(_("không rõ"))
    return str(_("không xác định")) if value == OPEN_END else value.strftime("%d/%m/%Y")


def span(start: date, end: date) -> str:
    """Return days `[start, end)` in words; the end shown is the first day on which it no longer holds."""
    if end == OPEN_END:
        return str(_("từ %(start)s", start=day(start)))
    return str(_("từ %(start)s đến trước %(end)s", start=day(start), end=day(end)))


def instant(value: datetime) -> str:
    """Return an instant as 14:05 31/12/2026, at +07:00."""
    return clock.local(value).strftime("%H:%M %d/%m/%Y")


def number(value: int) -> str:
    """Return a whole number with dots between thousands."""
    return f"{value:,}".replace(",", "." if language.current() == "vi" else ",")


def capitalize_first(text: str) -> str:
    """Return the text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]
