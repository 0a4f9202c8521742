"""“Thông báo”: what a person was told, what they have not seen, and whether they want the daily summary."""

from contextlib import suppress

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import reading
from app.accounts.models import Person
from app.errors import DanhmucError
from app.notify import notices, searches
from app.permissions import Action, declares
from app.web import drafts, guard

blueprint = Blueprint("notices", __name__, url_prefix="/thong-bao")

SHOWN = 100


@blueprint.get("")
@declares(Action.WORK)
def listed() -> Response:
    """Show a person's notices."""
    with drafts.looking() as session:
        found = notices.of(session, guard.account().person_id, SHOWN)
        person = session.get_one(Person, guard.account().person_id)
        upto = max((one.id for one in found), default=0)
        saved = searches.of(session, guard.account().person_id)
        return Response(
            render_template(
                "notices.html", notices=found, digest=person.digest, upto=upto, saved=saved, said=reading.said
            )
        )


@blueprint.post("/da-xem")
@declares(Action.WORK)
def seen() -> BaseResponse:
    """Note that everything shown was seen."""
    with drafts.writing() as session:
        notices.see(session, guard.account().person_id, reading.whole(request.form.get("upto")) or 0)
    return redirect(url_for("notices.listed"))


@blueprint.post("/ban-tin")
@declares(Action.WORK)
def digest() -> BaseResponse:
    """Turn the daily summary on or off; letters about one's own turn cannot be."""
    wanted = request.form.get("digest") == "1"
    with drafts.writing() as session:
        session.get_one(Person, guard.account().person_id).digest = wanted
    flash(_("Bạn sẽ nhận bản tin hằng ngày.") if wanted else _("Đã tắt bản tin hằng ngày."))
    return redirect(url_for("notices.listed"))


def unseen() -> int:
    """Return how many notices the person who is logged in has not seen, 0 for anybody else."""
    if not current_user.is_authenticated or current_user.account.actor is None:
        return 0
    with suppress(DanhmucError), drafts.looking() as session:
        return notices.unseen(session, current_user.account.person_id)
    return 0  # the page that says why the database cannot be asked has a menu too
