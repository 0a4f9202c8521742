"""How fresh data are, in words and colours."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.exchange.freshness import Fresh, Freshness
from app.exchange.models import StatementKind

_STATES: Mapping[Freshness, tuple[object, str]] = {
    Freshness.CURRENT: (_("Đúng hạn"), "govuk-tag--green"),
    Freshness.DUE: (_("Sắp đến hạn"), "govuk-tag--yellow"),
    Freshness.LATE: (_("Quá hạn"), "govuk-tag--red"),
    Freshness.DELAYED: (_("Dự kiến chậm"), "govuk-tag--orange"),
    Freshness.UNSTATED: (_("Chưa xác nhận"), "govuk-tag--grey"),
    Freshness.NO_PROMISE: (_("Chưa khai tần suất"), "govuk-tag--grey"),
    Freshness.AS_IT_HAPPENS: (_("Cập nhật khi có thay đổi"), "govuk-tag--grey"),
    Freshness.NEVER: (_("Không cập nhật"), "govuk-tag--grey"),
    Freshness.CLOSED: (_("Đã kết thúc"), "govuk-tag--grey"),
}
# of a strip: from how many days late each step of red begins
_STEPS = ((90, "h4"), (30, "h3"), (7, "h2"), (1, "h1"))


def words(fresh: Fresh) -> tuple[str, str]:
    """Return how fresh data are, and the colour of that."""
    text, colour = _STATES[fresh.state]
    if fresh.state is Freshness.LATE:
        return gettext("Quá hạn %(n)s ngày", n=fresh.late), colour
    if fresh.state is Freshness.DELAYED and fresh.late:
        return gettext("Dự kiến chậm, quá hạn %(n)s ngày", n=fresh.late), colour
    return str(text), colour


def rests_on(fresh: Fresh) -> str:
    """Return what tells the day to which data are current, where the owner did not."""
    where = fresh.known.where
    match fresh.known.by:
        case StatementKind.HARVESTED:
            return str(gettext("theo danh mục nguồn %(where)s", where=where))
        case StatementKind.PROBED:
            return str(gettext("theo ngày sửa của %(where)s", where=where))
    return ""


def named() -> list[tuple[str, str]]:
    """Return every state and its name, for a choice."""
    return [(state.value, str(text)) for state, (text, _colour) in _STATES.items()]


def cell(fresh: Fresh | None) -> tuple[str, str]:
    """Return what a month of a strip says, and its shade: the days late, 0, or a dash
    where nothing was promised or said.
    """
    told = {Freshness.LATE, Freshness.DELAYED, Freshness.CURRENT, Freshness.DUE}
    if fresh is None or fresh.state not in told:
        return "–", "h0"
    late = fresh.late
    look = next((look for least, look in _STEPS if late >= least), "h0")
    return str(late), look
