"""Files that go with a proposal: sent by its agency, saved by whoever may read it."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import files
from app.api import problems
from app.errors import FieldError, InvalidError
from app.permissions import Action, declares
from app.web.http import current, guard
from app.web.http.current import installation
from app.web.http.sending_files import attachment, clean_name
from app.web.proposals import draft
from app.workflow.proposals import attachments
from app.workflow.proposals import queries as proposals

blueprint = Blueprint("attachments", __name__)
SECTION = "tep-kem"


@blueprint.post("/phieu/<number>/tep")
@declares(Action.READ)
@guard.known
def add(number: int) -> BaseResponse:
    """Send a file along."""
    settings = installation().settings
    try:
        with current.writing() as session:
            desk = guard.desk(session)
            found = proposals.by_number(desk, number)
            attachments.require_open(desk, found)
            name, content = _sent()
            quota = settings.attachment_megabytes * 1_000_000
            attachments.attach(desk, found, name, content, settings.data_dir, quota)
    except InvalidError as error:
        return _again(number, error)
    flash(_("Đã kèm tệp %(name)s.", name=name))
    return redirect(url_for("review.proposal", number=number, _anchor=SECTION))


def _sent() -> tuple[str, bytes]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        message = _("Chọn một tệp trước khi bấm nút")
        raise InvalidError(message, [FieldError("file", "required", message)])
    with sent.stream as stream:
        return clean_name(sent.filename), stream.read()


def _again(number: int, error: InvalidError) -> Response:
    with current.looking() as session:
        desk = guard.desk(session)
        page = draft.hub(session, desk, proposals.by_number(desk, number), error)
    return Response(page, problems.of_error(error).status.value)


@blueprint.get("/phieu/<number>/tep/<uuid:attachment_id>")
@declares(Action.READ)
@guard.known
def download(number: int, attachment_id: UUID) -> Response:
    """Give a file to be saved."""
    with current.looking() as session:
        desk = guard.desk(session)
        found = attachments.get(desk, proposals.by_number(desk, number), attachment_id)
        content = files.get(installation().settings.data_dir, found.sha256)
        return attachment(content, found.name, found.media_type)


@blueprint.post("/phieu/<number>/tep/<uuid:attachment_id>/go")
@declares(Action.READ)
@guard.known
def remove(number: int, attachment_id: UUID) -> BaseResponse:
    """Take a file off again."""
    with current.writing() as session:
        desk = guard.desk(session)
        attachments.detach(desk, proposals.by_number(desk, number), attachment_id)
    flash(_("Đã gỡ tệp khỏi phiếu."))
    return redirect(url_for("review.proposal", number=number, _anchor=SECTION))
