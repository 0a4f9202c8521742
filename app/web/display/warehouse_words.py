"""What the shared warehouse holds, in words and colours."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

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


def named() -> list[tuple[str, str]]:
    """Return every state and its name, for a choice."""
    return [(state or UNSAID, str(text)) for state, (text, _colour) in _STATES.items()]
