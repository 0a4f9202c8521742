"""Merging a draft with the version that the register holds by now, field by field,
conflicts by choice.
"""

from collections.abc import Mapping
from typing import Any

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

from app.errors import ConflictError
from app.permissions import Action, declares
from app.register import arguments
from app.web.display import wording
from app.web.display.diff import Differ
from app.web.display.entry_names import uuids
from app.web.http import guard
from app.web.http.current import looking, writing
from app.workflow.proposals import diff, drafting, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Rebase

blueprint = Blueprint("merge", __name__)


@blueprint.get("/phieu/<number>/hop-nhat")
@declares(Action.REBASE)
@guard.known
def page(number: int) -> Response:
    """Show a draft beside the version that the register holds by now: conflicts are to
    be chosen one by one.
    """
    return _merge_page(number)


@blueprint.post("/phieu/<number>/hop-nhat")
@declares(Action.REBASE)
@guard.known
def merge(number: int) -> BaseResponse:
    """Merge as chosen; when the register has moved on once more, show the choice
    anew.
    """
    try:
        with writing() as session:
            desk = guard.desk(session)
            proposal = proposals.by_number(desk, number)
            _latest, merged = drafting.rebase(desk, proposal)
            chosen = [name for name in request.form if request.form[name] == "theirs"]
            content = diff.choose(
                desk.profile.kinds[proposal.kind].fields, merged, chosen
            )
            seen = next(iter(uuids(request.form.get("base", ""))), None)
            lock_version = arguments.whole(request.form.get("lock")) or 0
            merge = Rebase(content=content, base=seen)
            service.act(desk, proposal.id, lock_version, merge)
    except ConflictError as error:
        return _merge_page(number, error)
    flash(_("Đã hợp nhất với phiên bản mới nhất của mục. Kiểm tra rồi gửi."))
    return redirect(url_for("review.proposal", number=number))


def _merge_page(number: int, error: ConflictError | None = None) -> Response:
    with looking() as session:
        desk = guard.desk(session)
        proposal = proposals.by_number(desk, number)
        latest, merged = drafting.rebase(desk, proposal)
        kind = desk.profile.kinds[proposal.kind]
        differ = Differ.of(
            session, kind, proposal.content, merged.content, *_sides(merged)
        )
        conflicts = [
            (
                c.name,
                wording.path_label(kind, c.name),
                *(differ.texts(c.field, side) for side in (c.mine, c.theirs)),
            )
            for c in merged.conflicts
        ]
        shown = render_template(
            "proposals/merge.html",
            proposal=proposal,
            kind=kind,
            latest=latest,
            title=wording.draft_title(kind, proposal.content),
            conflicts=conflicts,
            taken=[wording.path_label(kind, name) for name in merged.taken],
            error=error,
        )
    return Response(shown, 409 if error else 200)


def _sides(merged: diff.Merged) -> list[Mapping[str, Any]]:
    return [
        {c.name.split(".")[0]: side}
        for c in merged.conflicts
        for side in (c.mine, c.theirs)
    ]
