"""“Từ đồng nghĩa khi tra cứu”: the department keeps names that mean the same, and sees
first what a search will then find.
"""

from dataclasses import dataclass

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

from app.api import problems
from app.errors import DanhmucError
from app.permissions import Action, declares
from app.register import arguments
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import moment
from app.search import service
from app.search import synonyms as search_synonyms
from app.search.synonyms import Groups
from app.web.http import current, guard
from app.web.http.current import installation
from catalog_schema import synonyms

blueprint = Blueprint("synonyms", __name__, url_prefix="/ten-goi")


@dataclass(frozen=True)
class Preview:
    """What a search for a name finds before and after, and the first titles of
    afterwards.
    """

    name: str
    before: int
    after: int
    titles: list[str]


@blueprint.get("")
@declares(Action.KEEP_SYNONYMS)
def listed() -> Response:
    """Show the groups of names."""
    return Response(_page())


@blueprint.post("")
@declares(Action.KEEP_SYNONYMS)
def keep() -> BaseResponse:
    """Show what a group would change, or keep it."""
    typed = request.form.get("names", "")
    try:
        if "preview" in request.form:
            return Response(_page(preview=_previewed(search_synonyms.read(typed))))
        with current.writing() as session:
            search_synonyms.keep(session, guard.account().person_id, typed)
    except DanhmucError as error:
        return Response(_page(error=error), problems.of_error(error).status.value)
    flash(
        _(
            "Đã lưu. Từ lúc này, tìm theo tên nào trong nhóm cũng ra kết quả "
            "của cả nhóm."
        )
    )
    return redirect(url_for("synonyms.listed"))


@blueprint.post("/bo")
@declares(Action.KEEP_SYNONYMS)
def drop() -> BaseResponse:
    """Know a group no longer."""
    with current.writing() as session:
        search_synonyms.drop(session, arguments.whole(request.form.get("group")) or 0)
    flash(_("Đã bỏ nhóm tên."))
    return redirect(url_for("synonyms.listed"))


def _page(
    preview: list[Preview] | None = None, error: DanhmucError | None = None
) -> str:
    with current.looking() as session:
        kept = [
            (group.id, group.names.split("\n"))
            for group in search_synonyms.listed(session)
        ]
    shipped = sorted(synonyms.groups())
    typed = request.form.get("names", "")
    return render_template(
        "office/synonyms.html",
        kept=kept,
        shipped=shipped,
        preview=preview,
        error=error,
        typed=typed,
    )


def _previewed(names: tuple[str, ...]) -> list[Preview]:
    with current.looking() as session:
        register = Register(
            session, installation().profile, moment(session), guard.reader()
        )
        groups = search_synonyms.groups(session)
        found = []
        for name in names:
            before, after = (
                _found(register, name, known) for known in (groups, (*groups, names))
            )
            was, will = (0 if one.meant else one.total for one in (before, after))
            found.append(Preview(name, was, will, [view.title for view in after.items]))
    return found


def _found(register: Register, name: str, known: Groups) -> service.SearchPage:
    return service.search(
        register, installation().index, name, Filter(), limit=3, facets=(), names=known
    )
