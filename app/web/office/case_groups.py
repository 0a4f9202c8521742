"""Several obstacles gathered into one that goes up to a ministry."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.api import problems
from app.errors import DanhmucError
from app.exchange.cases import queries, service
from app.exchange.cases.kinds import obstacles
from app.exchange.cases.lifecycle import CaseStatus
from app.exchange.cases.queries import CaseFilter
from app.permissions import Action, declares
from app.register import arguments
from app.web.display import case_words
from app.web.http import guard
from app.web.http.current import looking, register_today, writing
from app.web.office import case_inputs

blueprint = Blueprint("case_groups", __name__)

LISTED = 200


@blueprint.get("/viec/vuong-mac/gop")
@declares(Action.GATHER)
def form() -> Response:
    """Offer the obstacles that wait for an answer."""
    return Response(_form())


def _form(error: DanhmucError | None = None) -> str:
    with looking() as session:
        desk = guard.desk(session)
        criteria = CaseFilter((obstacles.NAME,), (CaseStatus.SENT,))
        found = [
            case
            for case in queries.page(desk, criteria, LISTED)[:LISTED]
            if case.group_id is None and case.level < obstacles.LEVELS
        ]
        views = register_today(session).by_ids(case_words.agencies(found))
        return render_template(
            "office/case_group.html",
            rows=case_words.rows(desk, found, case_words.named(views)),
            error=error,
            typed=request.form,
        )


@blueprint.post("/viec/vuong-mac/gop")
@declares(Action.GATHER)
def gather() -> BaseResponse:
    """Open the one that the chosen obstacles are gathered into, as a draft."""
    numbers = [arguments.whole(text) or 0 for text in request.form.getlist("viec")]
    try:
        with writing() as session:
            desk = guard.desk(session)
            ministry = case_inputs.agency(desk)
            found = [queries.get(desk, number) for number in numbers]
            title = request.form.get("title", "").strip()
            content = obstacles.gathered(title, ministry, found)
            into = service.gather(desk, numbers, content).number
    except DanhmucError as error:
        return Response(_form(error), problems.of_error(error).status.value)
    return redirect(url_for("case_forms.edit", serial=into))
