"""The register takes only what its profile takes, whoever brings it; what is called entered was entered."""

import pytest
from sqlalchemy import update
from support import database, opened_office

from app.errors import InvalidError, TransitionError
from app.operations import audits
from app.permissions import Role
from app.register import service as register
from app.register.filters import Filter
from app.register.service import Order
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal


@pytest.fixture
def waiting(tmp_path):
    """An office where databases wait for a decision, and the proposal of one that is approved."""
    office = opened_office(tmp_path, promulgate=("shared-database",))
    content = database(str(office.department), str(office.law()))
    proposal_id = office.propose("shared-database", content)
    for action, who in (
        ("submit", Role.REGISTRAR),
        ("take", Role.REVIEWER),
        ("recommend", Role.REVIEWER),
        ("approve", Role.APPROVER),
    ):
        office.act(proposal_id, action, who)
    return office, proposal_id


def test_content_that_breaks_the_profile_is_not_entered_whoever_brings_it(office):
    broken = database(str(office.department), str(office.law()))
    del broken["frequency"]

    with (
        pytest.raises(InvalidError) as refused,
        office.system.database.transaction() as session,
    ):
        entry = register.reserve(
            session, office.system.profile.kinds["shared-database"]
        )
        register.enter(session, office.system.profile, Order(entry.id, broken))

    assert [error.field for error in refused.value.fields] == ["frequency"]
    with office.reading() as found:
        assert found.all(Filter(("shared-database",))) == []


def test_what_waits_for_a_decision_is_entered_by_nothing_else(waiting):
    office, proposal_id = waiting

    with pytest.raises(TransitionError, match="quyết định"):
        office.act(proposal_id, "enter", Role.CLERK)

    with office.system.database.reading() as session:
        assert session.get(Proposal, proposal_id).status == Status.APPROVED
        assert audits.entered_without_trace(session) == []


def test_a_proposal_that_is_called_entered_and_was_not_is_found(waiting):
    office, proposal_id = waiting
    with office.system.database.transaction() as session:
        session.execute(
            update(Proposal)
            .where(Proposal.id == proposal_id)
            .values(status=Status.ENTERED)
        )

    with office.system.database.reading() as session:
        number = session.get(Proposal, proposal_id).number
        assert audits.entered_without_trace(session) == [str(number)]
