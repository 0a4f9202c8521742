"""What the shared warehouse holds, in words and colours."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.documents.tables.measured_rows import WITHDRAWN
from app.documents.tables.warehouse_sheet import WORDS
from app.exchange.models import Integrated

_STATES: Mapping[Integrated | None, tuple[object, str]] = {
    Integrated.WHOLE: (_("Đã tích hợp"), "govuk-tag--green"),
    Integrated.PART: (_("Một phần"), "govuk-tag--yellow"),
    Integrated.NONE: (_("Chưa tích hợp"), "govuk-tag--red"),
    None: (_("Chưa ghi nhận"), "govuk-tag--grey"),
}
UNSAID = "unsaid"


def words(integrated: Integrated | None) -> tuple[str, str]:
    """Return how much is there, and the colour of that."""
    text, colour = _STATES[integrated]
    return str(text), colour


def choices() -> dict[str, str]:
    """Return what a form offers: the word that a spreadsheet has too, and its label."""
    named = {
        Integrated.WHOLE: _("toàn bộ"),
        Integrated.PART: _("một phần"),
        Integrated.NONE: _("chưa"),
    }
    found = {WORDS[state]: str(label) for state, label in named.items()}
    return {**found, WITHDRAWN: str(_("rút dòng đã ghi nhầm của ngày này"))}


def withdrawn() -> str:
    """Return what is said of a row that was recorded by mistake."""
    return str(_("Rút, trở lại như trước"))


def named() -> list[tuple[str, str]]:
    """Return every state and its name, for a choice."""
    return [(state or UNSAID, str(text)) for state, (text, _colour) in _STATES.items()]
