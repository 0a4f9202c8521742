"""“Đợt rà soát”: the department asks agencies to look through their entries, and sees
who has answered.
"""

from collections.abc import Callable
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.service import posts_by_id
from app.api import problems as problems_
from app.errors import (
    ConflictError,
    DanhmucError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.permissions import Action, declares, may
from app.register import arguments
from app.register.own_databases import ORIGINALS
from app.register.queries import EntryView
from app.web.display import wording
from app.web.display.entry_names import uuids
from app.web.http import current, guard
from app.web.http.current import register_today
from app.web.office import asking
from app.workflow.campaigns import problems
from app.workflow.campaigns import queries as campaign_queries
from app.workflow.campaigns import service as campaigns
from app.workflow.campaigns.models import CampaignReply
from app.workflow.context import Desk

blueprint = Blueprint("campaigns", __name__, url_prefix="/dot-ra-soat")


@blueprint.get("")
@declares(Action.READ_CAMPAIGNS)
def listed() -> Response:
    """List the campaigns, and offer to open one."""
    return Response(_list())


def _list(error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        opens = may(desk.actor, Action.CAMPAIGN, None)
        found = campaign_queries.latest(desk)
        rows = [(one, *campaign_queries.counted(session, one)) for one in found]
        return render_template(
            "office/campaigns.html",
            rows=rows,
            choices=asking.choices(
                session,
                _("Cơ quan có cơ sở dữ liệu trong danh mục"),
                _owners(desk),
            )
            if opens
            else None,
            opens=opens,
            error=error,
            typed=request.form,
        )


def _owners(desk: Desk) -> list[EntryView]:
    """Return the agencies that own a database today."""
    found = register_today(desk.session)
    # what other bodies register is not theirs to look through
    ids = {value for value, _count in found.facet(ORIGINALS, "owner")}
    views = found.by_ids({one for text in ids for one in uuids(text)})
    return sorted(views.values(), key=lambda view: view.sort_key)


@blueprint.post("")
@declares(Action.CAMPAIGN)
def begin() -> BaseResponse:
    """Open a campaign."""
    try:
        with current.writing() as session:
            desk = guard.desk(session)
            title, question = request.form.get("title", ""), asking.asked(desk)
            number = campaigns.begin(desk, title, question).number
    except InvalidError as error:
        return Response(_list(error), 422)
    flash(_("Đã mở đợt rà soát; các cơ quan được báo."))
    return redirect(url_for("campaigns.one", serial=number))


@blueprint.get("/<serial>")
@declares(Action.READ_CAMPAIGNS)
def one(serial: str) -> Response:
    """Show a campaign: who has answered what, and the form of an agency that has
    not.
    """
    return Response(_page(arguments.whole(serial) or 0))


def _page(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = campaign_queries.get(desk, number)
        rows = campaign_queries.progress(desk, found)
        mine = next(
            (row for row in rows if row.answer.agency_id == desk.actor.agency_id), None
        )
        answers = mine is not None and may(
            desk.actor, Action.ANSWER, desk.actor.agency_id
        )
        owned = (
            campaign_queries.databases(desk, desk.actor.agency_id) if answers else []
        )
        agencies = register_today(session).by_ids(
            {row.answer.agency_id for row in rows}
        )
        return render_template(
            "office/campaign.html",
            campaign=found,
            rows=sorted(
                rows,
                key=lambda row: (row.answer.answer is not None, _title(agencies, row)),
            ),
            mine=mine if answers else None,
            agencies=agencies,
            post=posts_by_id(session, [found.post_id])[found.post_id],
            opens=may(desk.actor, Action.CAMPAIGN, None),
            owned=owned,
            problems=problems.of(desk, owned),
            addresses=asking.addresses(blueprint.name, number),
            paper_words=[(one.value, wording.REPLIES[one]) for one in CampaignReply],
            silent=campaign_queries.silent(session, found),
            error=error,
            typed=request.form,
        )


def _title(agencies: dict[UUID, EntryView], row: campaign_queries.Progress) -> str:
    return (
        agencies[row.answer.agency_id].title if row.answer.agency_id in agencies else ""
    )


@blueprint.post("/<serial>/tra-loi")
@declares(Action.ANSWER)
def answer(serial: str) -> BaseResponse:
    """Answer for the reader's agency."""
    number = arguments.whole(serial) or 0
    try:
        with current.writing() as session:
            desk = guard.desk(session)
            done = campaigns.answer(
                desk,
                number,
                request.form.get("answer", ""),
                request.form.get("note", ""),
            )
    except NotFoundError:
        raise
    except DanhmucError as error:
        return Response(_page(number, error), problems_.of_error(error).status.value)
    told = _("Đã ghi câu trả lời.")
    flash(
        told
        + (
            " " + _("%(n)s cơ sở dữ liệu được xác nhận còn đúng.", n=done)
            if done
            else ""
        )
    )
    return redirect(url_for("campaigns.one", serial=number))


@blueprint.post("/<serial>/khep")
@declares(Action.CAMPAIGN)
def close(serial: str) -> BaseResponse:
    """End a campaign."""
    reason = request.form.get("close_reason", "")
    return _done(
        serial,
        lambda desk, number: campaigns.close(desk, number, reason),
        _("Đã kết thúc đợt rà soát."),
    )


@blueprint.post("/<serial>/nhac")
@declares(Action.CAMPAIGN)
def remind(serial: str) -> BaseResponse:
    """Tell those who have not answered once more."""
    return _done(serial, campaigns.remind, _("Đã nhắc các cơ quan chưa trả lời."))


@blueprint.post("/<serial>/gia-han")
@declares(Action.CAMPAIGN)
def extend(serial: str) -> BaseResponse:
    """Give more time."""

    def deed(desk: Desk, number: int) -> None:
        reason = request.form.get("extend_reason", "")
        campaigns.extend(desk, number, asking.due_day(desk, "new_due_on"), reason)

    return _done(serial, deed, _("Đã gia hạn; các cơ quan chưa trả lời được báo."))


@blueprint.post("/<serial>/van-ban")
@declares(Action.CAMPAIGN)
def answer_on_paper(serial: str) -> BaseResponse:
    """Write down what an agency answered by letter."""

    def deed(desk: Desk, number: int) -> None:
        agency, paper = asking.paper(desk.session)
        reply = request.form.get("paper_verdict", "")
        campaigns.answer_on_paper(desk, number, agency, reply, paper)

    return _done(serial, deed, _("Đã ghi văn bản trả lời."))


@blueprint.get("/<serial>/van-ban/<agency>")
@declares(Action.CAMPAIGN)
def answer_letter(serial: str, agency: str) -> Response:
    """Give the letter by which an agency answered."""
    with current.looking() as session:
        desk = guard.desk(session)
        found = campaign_queries.get(desk, arguments.whole(serial) or 0)
        rows = campaign_queries.progress(desk, found)
        answers = [row.answer for row in rows if str(row.answer.agency_id) == agency]
        return asking.letter(session, [answer.paper for answer in answers])


def _done(serial: str, deed: Callable[[Desk, int], None], told: str) -> BaseResponse:
    number = arguments.whole(serial) or 0
    try:
        with current.writing() as session:
            deed(guard.desk(session), number)
    except (InvalidError, ConflictError, TransitionError) as error:
        return Response(_page(number, error), problems_.of_error(error).status.value)
    flash(told)
    return redirect(url_for("campaigns.one", serial=number))
