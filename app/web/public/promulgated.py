"""The decisions that were issued, for everybody: each with its annex as it was signed,
its signed copy, and what became of it.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from app import files
from app.errors import NotFoundError
from app.permissions import declares
from app.register.queries import EntryView, Register
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from app.web.http.sending_files import attachment
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions.models import Decision

blueprint = Blueprint("promulgated", __name__, url_prefix="/quyet-dinh-ban-hanh")
LAW = "legal-document"


@blueprint.get("")
@declares(None)
def listed() -> Response:
    """List the decisions issued by the day, the newest first."""
    with opened() as register:
        decisions = decision_queries.signed(register.session)
        views = _known(register, decisions)
        rows = [
            (views[decision.entry_id], decision)
            for decision in decisions
            if decision.entry_id in views
        ]
        page = render_template("public/promulgated.html", rows=rows, at=register.at)
    return finish(Response(page), None)


def _known(register: Register, decisions: list[Decision]) -> dict[UUID, EntryView]:
    """Return the documents of decisions that were issued by the register's day."""
    ids = [decision.entry_id for decision in decisions if decision.entry_id]
    day = str(register.at.as_of)
    return {
        entry_id: view
        for entry_id, view in register.by_ids(ids).items()
        if view.content.get("issued", "") <= day
    }


@blueprint.get("/<local_id>")
@declares(None)
def one(local_id: str) -> Response:
    """Show a decision: its text, its annex, and what became of it."""
    with opened() as register:
        view, decision = _issued(register, local_id)
        changing = decision_queries.changing(register.session, view.id)
        documents = [each.entry_id for each in changing if each.entry_id]
        documents += [decision.target_id] if decision.target_id else []
        page = render_template(
            "public/promulgated_decision.html",
            view=view,
            decision=decision,
            annex=decision.annex or {"lists": []},
            paper=(decision.annex or {}).get("paper"),
            entries=register.promulgated(view.id),
            changing=changing,
            named=register.by_ids(documents),
            rectified=decision_queries.rectified(register.session, decision),
            mended=[step for step in decision.steps or [] if step["event"] == "mended"],
            at=register.at,
        )
    return finish(Response(page), None)


@blueprint.get("/<local_id>/ban-ky")
@declares(None)
def signed_copy(local_id: str) -> Response:
    """Give the signed copy."""
    with opened() as register:
        _view, decision = _issued(register, local_id)
        digest = decision.signed_file
        row = register.session.get(files.File, digest) if digest else None
        if row is None:
            raise NotFoundError(_("Quyết định này không có tệp đó"))
        data = files.get(installation().settings.data_dir, row.sha256)
        return attachment(data, row.name, files.sniff(row.name, data))


@blueprint.get("/<local_id>/dinh-chinh/<digest>")
@declares(None)
def correcting_letter(local_id: str, digest: str) -> Response:
    """Give a letter by which the issuer corrected its paper."""
    with opened() as register:
        _view, decision = _issued(register, local_id)
        came = {step.get("file") for step in decision.steps or []}
        row = register.session.get(files.File, digest) if digest in came else None
        if row is None:
            raise NotFoundError(_("Quyết định này không có tệp đó"))
        data = files.get(installation().settings.data_dir, row.sha256)
        return attachment(data, row.name, files.sniff(row.name, data))


def _issued(register: Register, local_id: str) -> tuple[EntryView, Any]:
    view = register.get(LAW, local_id)
    decision = decision_queries.of_entry(register.session, view.id)
    if decision is None or decision.entry_id not in _known(register, [decision]):
        raise NotFoundError(_("Không có quyết định này trong các quyết định ban hành"))
    return view, decision
