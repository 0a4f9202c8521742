"""“Thông báo”: what a person was told, what they have not seen, and whether they want
the daily summary.
"""

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

from app.accounts.models import Person
from app.notify import notices, searches
from app.permissions import Action, declares
from app.register import arguments
from app.search import news
from app.web.http import current, guard

blueprint = Blueprint("notices", __name__, url_prefix="/thong-bao")

SHOWN = 100


@blueprint.get("")
@declares(Action.WORK)
def listed() -> Response:
    """Show a person's notices."""
    with current.looking() as session:
        found = notices.of(session, guard.account().person_id, SHOWN)
        person = session.get_one(Person, guard.account().person_id)
        upto = max((one.id for one in found), default=0)
        saved = searches.of(session, guard.account().person_id)
        return Response(
            render_template(
                "people/notices.html",
                notices=found,
                digest=person.digest,
                upto=upto,
                saved=saved,
                said=news.said,
            )
        )


@blueprint.post("/da-xem")
@declares(Action.WORK)
def seen() -> BaseResponse:
    """Note that everything shown was seen."""
    with current.writing() as session:
        notices.see(
            session,
            guard.account().person_id,
            arguments.whole(request.form.get("upto")) or 0,
        )
    return redirect(url_for("notices.listed"))


@blueprint.post("/ban-tin")
@declares(Action.WORK)
def digest() -> BaseResponse:
    """Turn the daily summary on or off; letters about one's own turn cannot be."""
    wanted = request.form.get("digest") == "1"
    with current.writing() as session:
        session.get_one(Person, guard.account().person_id).digest = wanted
    flash(
        _("Đã đăng ký bản tin hằng ngày.") if wanted else _("Đã tắt bản tin hằng ngày.")
    )
    return redirect(url_for("notices.listed"))
