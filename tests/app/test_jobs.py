"""A clock that jumps ends nothing until somebody has said that the time has gone by."""

from datetime import timedelta

from sqlalchemy import func, select

from app import clock, jobs
from app.accounts.models import Person
from app.operations import health
from app.permissions import Role

JUMP = timedelta(days=46)  # an approver who does not work for 45 days is disabled


def disabled(office):
    with office.system.database.reading() as session:
        query = select(func.count()).where(Person.disabled_at.is_not(None))
        return session.scalar(query.select_from(Person))


def last_day(office):
    with office.system.database.reading() as session:
        return session.scalar(select(func.max(jobs.Job.day)))


def test_a_jump_of_the_clock_disables_nobody_and_is_told(office):
    office.system.follow()
    before = last_day(office)
    with clock.frozen(clock.now() + JUMP):
        office.system.follow()
        told = health.problems(office.system)["clock"]

    assert disabled(office) == 0
    assert last_day(office) == before
    assert "confirm-day" in told
    assert "clock" not in health.problems(office.system)


def test_after_an_honest_absence_the_work_of_the_days_is_done_when_confirmed(office):
    office.system.follow()
    with clock.frozen(clock.now() + JUMP):
        with office.system.database.transaction() as session:
            jobs.confirm(session)
        office.system.follow()
        assert last_day(office) == clock.today()
        assert "clock" not in health.problems(office.system)

    assert disabled(office) > 0
    with office.system.database.reading() as session:
        person_id = office.actors[Role.APPROVER].person_id
        assert session.get(Person, person_id).disabled_at is not None


def test_a_fortnight_without_work_is_believed(office):
    office.system.follow()
    with clock.frozen(clock.now() + jobs.MOST_AWAY):
        office.system.follow()
        assert last_day(office) == clock.today()
