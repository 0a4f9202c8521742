"""By when an answer to a case is due, and by which rule.

The term is that of the law in force on the day on which it begins. Where none could be
read there is the office's own, and it is called that.
"""

from collections.abc import Callable
from datetime import date

from app import clock
from app.exchange.cases.kind import Term
from app.exchange.cases.lifecycle import ANSWERING
from app.exchange.cases.models import Case
from app.workflow.context import Desk
from app.workflow.office import Office
from app.workflow.time.terms import COUNTED, Rule

Due = tuple[date | None, str | None]


def rule_of(office: Office, event: str, day: date) -> Rule | None:
    """Return the rule for an event of a day: the law's where it counts days, else the
    office's own.
    """
    law = office.terms.rule(event, day)
    if law is not None and law.unit in COUNTED:
        return law
    own = event.rpartition("-")[0] if event.startswith("dispute-") else event
    return office.terms.rule(f"{own}-here", day)


def by_terms(event_of: Callable[[Case], str]) -> Term:
    """Return the term that the table of terms sets for an event."""

    def term(desk: Desk, case: Case, begun: date) -> Due:
        rule = rule_of(desk.office, event_of(case), begun)
        if rule is None:
            return None, None
        due = rule.due(clock.midnight(begun), desk.office.calendar)
        return due, rule.id

    return term


def by_content(field: str) -> Term:
    """Return the term that the content itself names."""

    def term(_desk: Desk, case: Case, _begun: date) -> Due:
        text = case.content.get(field)
        return (date.fromisoformat(text) if isinstance(text, str) else None), None

    return term


def turn(desk: Desk, case: Case, term: Term, since: date | None) -> None:
    """Begin the term of whoever has to answer, on the day `since` (None: unknown, so
    that nothing is due); a case that waits for nobody's answer has none.
    """
    case.began_on = case.due_on = case.due_rule = None
    if case.status in ANSWERING and since is not None:
        case.began_on = since
        case.due_on, case.due_rule = term(desk, case, since)
