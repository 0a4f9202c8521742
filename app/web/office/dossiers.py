"""“Hồ sơ”: an agency's proposals under one official letter, on one page for whoever
sends, examines and approves.
"""

from collections.abc import Callable, Mapping

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
from app.api import problems
from app.errors import (
    DanhmucError,
    FieldError,
    InvalidError,
    NotFoundError,
    SecondFactorError,
)
from app.permissions import Action, declares, may
from app.register import arguments
from app.web.display import proposal_rows, wording
from app.web.http import current, form_fields, guard
from app.web.http.current import register_today
from app.web.http.sending_files import kept_file
from app.workflow.context import Desk
from app.workflow.decisions import annex
from app.workflow.dossiers import queries as dossier_queries
from app.workflow.dossiers import service as dossiers
from app.workflow.dossiers.service import OfficialLetter, Seen
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.preconditions import REASONED

blueprint = Blueprint("dossiers", __name__, url_prefix="/ho-so")

_ASKED = {**annex.CHANGES, ProposalType.CONFIRM: "Xác nhận còn chính xác"}
_COLUMNS = ("STT", "Phiếu số", "Tên", "Loại đối tượng", "Đề nghị")
_WIDTHS = (13, 22, 110, 55, 57)


@blueprint.get("")
@declares(Action.READ)
def listed() -> Response:
    """List the dossiers that the reader may see."""
    return Response(_list())


def _list(error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = dossier_queries.latest(desk)
        agencies = register_today(session).by_ids({one.agency_id for one in found})
        counts = {dossier.id: _counted(rows) for dossier, rows in found.items()}
        return render_template(
            "office/dossiers.html",
            dossiers=list(found),
            counts=counts,
            agencies=agencies,
            may_begin=may(desk.actor, Action.PROPOSE, desk.actor.agency_id),
            error=error,
            typed=request.form,
        )


def _counted(rows: list[Proposal]) -> dict[str, int]:
    """Return how many proposals stand in which status, in the order of the statuses."""
    return {
        status: count
        for status in Status
        if (count := sum(row.status == status for row in rows))
    }


@blueprint.post("")
@declares(Action.PROPOSE)
def begin() -> BaseResponse:
    """Open a dossier."""
    try:
        with current.writing() as session:
            number = dossiers.begin(
                guard.desk(session), request.form.get("title", "")
            ).number
    except InvalidError as error:
        return Response(_list(error), 422)
    return redirect(url_for("dossiers.one", serial=number))


@blueprint.get("/<serial>")
@declares(Action.READ)
def one(serial: str) -> Response:
    """Show a dossier: its letter, its proposals, and what the reader may do with
    them.
    """
    return Response(_page(arguments.whole(serial) or 0))


def _page(number: int, error: DanhmucError | None = None) -> str:
    with current.looking() as session:
        desk = guard.desk(session)
        found = dossier_queries.get(desk, number)
        rows = dossier_queries.readable(desk, [found])[found.id]
        proposals.load(session, rows)
        writes = found.sent_at is None and may(
            desk.actor, Action.SUBMIT, found.agency_id
        )
        open_remarks = {row.id: len(proposals.open_remarks(row)) for row in rows}
        items = proposal_rows.items(desk, rows)
        return render_template(
            "office/dossier.html",
            dossier=found,
            rows=list(zip(items, rows, strict=True)),
            remarks=open_remarks,
            loose=proposal_rows.items(desk, dossier_queries.loose(desk))
            if writes
            else [],
            agency=register_today(session)
            .by_ids([found.agency_id])
            .get(found.agency_id),
            post=posts_by_id(session, [found.post_id])[found.post_id],
            writes=writes,
            reasoned=[item for item in items if item.type in REASONED],
            offered={
                action: chosen
                for action in dossiers.TOGETHER
                if (chosen := _ready(desk, rows, action))
            },
            error=error,
            typed=request.form,
        )


def _ready(desk: Desk, rows: list[Proposal], action: Action) -> set[int]:
    """Return the numbers of the proposals to which the reader may do something now."""
    return {
        row.number
        for row in rows
        if may(desk.actor, action, row.agency_id)
        and service.follows(desk, row, action)
        and not service.bars(desk, row, action)
    }


@blueprint.post("/<serial>/<verb>")
@declares(Action.READ)
def act(serial: str, verb: str) -> BaseResponse:
    """Do one thing to a dossier; what could not be done is told on its page, with what
    was typed.
    """
    number, lock = (
        arguments.whole(serial) or 0,
        arguments.whole(request.form.get("lock")) or 0,
    )
    deed = DEEDS.get(verb)
    if deed is None:
        raise NotFoundError(_("Không có việc này"))
    try:
        with current.writing() as session:
            told = deed(guard.desk(session), number, lock)
    except (SecondFactorError, NotFoundError):
        raise
    except DanhmucError as error:
        return Response(_page(number, error), problems.of_error(error).status.value)
    flash(told)
    return redirect(url_for("dossiers.one", serial=number))


def _write(desk: Desk, number: int, lock: int) -> str:
    chosen = [
        one
        for text in request.form.getlist("phieu")
        if (one := arguments.whole(text)) is not None
    ]
    dossiers.write(desk, number, lock, request.form.get("title", ""), chosen)
    return str(_("Đã lưu hồ sơ."))


def _send(desk: Desk, number: int, lock: int) -> str:
    letter = OfficialLetter(
        request.form.get("symbol", ""),
        form_fields.day("signed_on"),
        form_fields.signed(desk.session),
    )
    reasons = {
        one: text
        for name, text in request.form.items()
        if (one := _reasoned(name)) is not None
    }
    dossiers.send(desk, number, lock, letter, reasons)
    return str(_("Đã gửi cả hồ sơ."))


def _reasoned(name: str) -> int | None:
    """Return which proposal a field of the form gives the reason of."""
    return (
        arguments.whole(name.removeprefix("reason."))
        if name.startswith("reason.")
        else None
    )


def _together(action: Action) -> Callable[[Desk, int, int], str]:
    def deed(desk: Desk, number: int, _lock: int) -> str:
        if action is Action.APPROVE and not request.form.get("sure"):
            message = _("Đánh dấu ô xác nhận “Tôi đã xem …” rồi bấm lại")
            raise InvalidError(message, [FieldError("sure", "required", message)])
        done = dossiers.together(
            desk, number, action, [_seen(text) for text in request.form.getlist("seen")]
        )
        return str(
            _(
                "Đã xong với %(n)s phiếu: %(what)s.",
                n=done,
                what=wording.ACTIONS[action],
            )
        )

    return deed


def _seen(text: str) -> Seen:
    number, lock, digest = [*text.split(":"), "", ""][:3]
    return Seen(arguments.whole(number) or 0, arguments.whole(lock) or 0, digest)


DEEDS: Mapping[str, Callable[[Desk, int, int], str]] = {
    "luu": _write,
    "gui": _send,
    "ky-duyet": _together(Action.ENDORSE),
    "tiep-nhan": _together(Action.TAKE),
    "trinh": _together(Action.RECOMMEND),
    "phe-duyet": _together(Action.APPROVE),
}


@blueprint.get("/<serial>/ban-ky")
@declares(Action.READ)
def signed(serial: str) -> Response:
    """Give the signed letter."""
    with current.looking() as session:
        found = dossier_queries.get(guard.desk(session), arguments.whole(serial) or 0)
        return kept_file(session, found.file)
