"""Settings, code lists and the state of operation: shown, never changed here."""

from dataclasses import fields
from datetime import date

from flask import Blueprint, Response, render_template
from sqlalchemy import func, select

from app import jobs, journal
from app.permissions import Action, declares
from app.rdf.publishing import receipts
from app.web.display import wording
from app.web.http.current import installation
from app.workflow.proposals.lifecycle import Step

blueprint = Blueprint("operations", __name__)


@blueprint.get("/quan-tri/cau-hinh")
@declares(Action.OPERATE)
def settings() -> Response:
    """Show every setting; they are changed in the file, where the change is
    versioned.
    """
    found = installation().settings
    rows = [
        (field.name, _in_words(field.name, getattr(found, field.name)))
        for field in fields(found)
    ]
    # an account, maybe a password
    hidden = [name for name, value in rows if "@" in str(value) and "://" in str(value)]
    shown = [
        (name, str(value).partition("://")[0] + "://…" if name in hidden else value)
        for name, value in rows
    ]
    return Response(render_template("people/settings.html", rows=shown))


def _in_words(name: str, value: object) -> object:
    """Return a setting as people read it: no lists of a programming language, steps and
    kinds by their names.
    """
    if isinstance(value, date):
        return wording.day(value)
    if name == "provinces" or not isinstance(value, tuple):
        return value
    if name == "steps":
        names = [str(wording.STEPS[Step(step)]) for step in value]
    elif name == "promulgate":
        kinds = installation().profile.kinds
        names = [wording.label(kinds[kind].plural) for kind in value if kind in kinds]
    else:
        names = [str(one) for one in value]
    return "; ".join(names) or None


@blueprint.get("/quan-tri/bang-ma")
@declares(Action.WORK)
def code_lists() -> Response:
    """Show every code list and the other words that its values are known by."""
    schemes = installation().profile.lists.schemes
    return Response(
        render_template(
            "people/code_lists.html",
            schemes=[schemes[name] for name in sorted(schemes)],
            base=installation().profile.base,
        )
    )


@blueprint.get("/van-hanh")
@declares(Action.OPERATE)
def operations() -> Response:
    """Show how far the projections have followed, what was done when, and the head of
    the journal.
    """
    with installation().database.reading() as session:
        head = journal.head(session)
        row = session.get(journal.JournalRow, head)
        done = select(
            jobs.Job.name, func.max(jobs.Job.day), func.max(jobs.Job.done_at)
        ).group_by(jobs.Job.name)
        page = render_template(
            "people/operations.html",
            head=row,
            lags=[
                (each.name, journal.position(session, each.name), head)
                for each in installation().projections
            ],
            jobs=[tuple(found) for found in session.execute(done)],
            harvests=receipts.summaries(installation().settings.data_dir),
        )
    return Response(page)
