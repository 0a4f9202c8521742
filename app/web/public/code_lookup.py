"""“Tra mã”: whatever people or machines have as a code leads to who holds it, or to
what has come in its place.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.datastructures import MIMEAccept
from werkzeug.wrappers import Response as BaseResponse

from app.api.codes import MOST, CodeAnswerSchema
from app.documents.tables import cells, code_list_of_day, sheets
from app.errors import FieldError, InvalidError, NotAcceptableError
from app.permissions import declares
from app.rdf.writing.formats import FORMATS
from app.register import codes
from app.register.codes import Resolution
from app.register.queries import EntryView, Register
from app.web.display import wording
from app.web.http import guard
from app.web.http.current import installation, opened
from app.web.http.negotiation import finish
from app.web.http.sending_files import attachment

blueprint = Blueprint("code_lookup", __name__)

_JSON = "application/json"
_OFFERED = ["text/html", _JSON, *(known.media_type for known in FORMATS.values())]


@blueprint.get("/tra-ma")
@declares(None)
def ask() -> BaseResponse:
    """Show the form for one code or a column of them; with a code, lead to its page."""
    text = request.args.get("ma", "").strip()
    if text:
        return redirect(
            url_for(
                "code_lookup.one",
                text=codes.read_as(text) or text,
                as_of=request.args.get("as_of"),
            )
        )
    return finish(
        Response(
            render_template(
                "public/code_lookup.html", typed="", answers=None, error=None
            )
        ),
        None,
    )


@blueprint.post("/tra-ma")
@declares(None)
def many() -> Response:
    """Resolve a pasted or sent column of codes: a table on the page, or the same as
    CSV.
    """
    typed = request.form.get("cot", "")
    try:
        texts = _column(typed)
    except InvalidError as error:
        return Response(
            render_template(
                "public/code_lookup.html", typed=typed, answers=None, error=error
            ),
            422,
        )
    with opened(guard.reader()) as register:
        answers = codes.resolve(register, texts)
        if request.form.get("dang") == "csv":
            return attachment(
                _table(register, answers), "tra-ma.csv", "text/csv; charset=utf-8"
            )
        page = render_template(
            "public/code_lookup.html",
            typed="\n".join(texts),
            answers=answers,
            error=None,
            at=register.at,
        )
    return Response(page)


def _column(typed: str) -> list[str]:
    """Return the codes of the request: what was pasted and the first column of what was
    sent.
    """
    sent = request.files.get("tep")
    lines = []
    if sent is not None and sent.filename:
        lines = sheets.read(sent.read(), public=True)
    texts = [line.strip() for line in typed.splitlines()] + [
        row[0] for _line, row in lines
    ]
    texts = [text for text in texts if text]
    wrong = None
    if not texts:
        wrong = _("Dán ít nhất một mã, hoặc chọn tệp có mã ở cột đầu")
    elif len(texts) > MOST:
        wrong = _("Mỗi lần tra tối đa %(n)s mã; chia nhỏ cột", n=MOST)
    if wrong:
        raise InvalidError(wrong, [FieldError("cot", "column", wrong)])
    return texts


def _table(register: Register, answers: Sequence[Resolution]) -> bytes:
    header = ("ma_da_hoi", "doc_la", "trang_thai", "ten", "ma_hien_nay", "dia_chi")
    in_use = codes.in_use(
        register, {view.id for answer in answers for view in answer.names}
    )
    return cells.table(
        header, [row for answer in answers for row in _rows(in_use, answer)]
    )


def _rows(
    in_use: Mapping[UUID, EntryView], answer: Resolution
) -> Sequence[tuple[str, ...]]:
    first = (answer.asked, answer.read_as, str(wording.STANDINGS[answer.standing][0]))
    found = [
        (
            *first,
            view.title,
            in_use[view.id].title if view.id in in_use else view.local_id,
            view.iri,
        )
        for view in answer.names
    ]
    return found or [(*first, "", "", "")]


@blueprint.get("/code/<path:text>")
@declares(None)
def alias(text: str) -> BaseResponse:
    """Lead the address that other registers use to ours."""
    return redirect(_address(text), code=HTTPStatus.MOVED_PERMANENTLY)


@blueprint.get("/tra-ma/<path:text>")
@declares(None)
def one(text: str) -> BaseResponse:
    """Answer for one code: a page, JSON, or the address of its triples; 300 where it
    names several things.
    """
    read_as, wanted = codes.read_as(text), _wanted()
    if read_as and read_as != text:
        answer: BaseResponse = redirect(
            _address(read_as), code=HTTPStatus.MOVED_PERMANENTLY
        )
    else:
        answer = _answer(text, wanted)
    answer.headers["Vary"] = "Accept, Cookie" if wanted == "text/html" else "Accept"
    return answer


def _wanted() -> str:
    if not request.accept_mimetypes.provided:
        return "text/html"
    accepted = MIMEAccept(
        [
            (media.partition(";")[0].strip(), quality)
            for media, quality in request.accept_mimetypes
        ]
    )
    best = accepted.best_match(_OFFERED)
    if best is None:
        raise NotAcceptableError("Chỉ có các định dạng: " + ", ".join(_OFFERED))
    return str(best)


def _answer(text: str, wanted: str) -> BaseResponse:
    audience = {"audience": guard.reader()} if wanted == "text/html" else {}
    with opened(**audience) as register:
        found = codes.resolve(register, [text])[0]
        several = len(found.hits) > 1
        status = (
            HTTPStatus.MULTIPLE_CHOICES
            if several
            else HTTPStatus.OK
            if found.hits
            else HTTPStatus.NOT_FOUND
        )
        if wanted == "text/html":
            ids = [
                view.id for hit in found.hits for view in (hit.entry, *hit.successors)
            ]
            page = render_template(
                "public/code_lookup_results.html",
                answer=found,
                in_use=codes.in_use(register, ids),
                at=register.at,
                of_day=_of_day(),
            )
            return finish(Response(page, status), None)
        if wanted == _JSON or not found.hits or several:
            body: Any = CodeAnswerSchema().dump(found)
            return finish(
                Response(current_app.json.dumps(body), status, content_type=_JSON), None
            )
        entry = found.hits[0].entry
        extension = next(
            known.extension for known in FORMATS.values() if known.media_type == wanted
        )
        word = register.profile.kinds[entry.kind].path_word
        target = url_for(
            "entry.document",
            word=word,
            name=f"{entry.local_id}.{extension}",
            **_of_day(),
        )
    return redirect(target, code=HTTPStatus.SEE_OTHER)


def _of_day() -> dict[str, Any]:
    return {
        name: request.args[name]
        for name in ("as_of", "known_at")
        if request.args.get(name)
    }


def _address(text: str) -> str:
    arguments = (
        "?" + urlencode(list(request.args.items(multi=True))) if request.args else ""
    )
    return url_for("code_lookup.one", text=text, lang=None) + arguments


@blueprint.get("/tai-ve/ma-dinh-danh.csv")
@declares(None)
def dump() -> Response:
    """Give every code of a day, for systems that work offline; Link names its
    signature, for exactly these bytes.
    """
    with opened() as register:
        answer = attachment(
            code_list_of_day.table(register),
            "ma-dinh-danh.csv",
            "text/csv; charset=utf-8",
        )
        moment = {
            "as_of": register.at.as_of.isoformat(),
            "known_at": register.at.known_at,
        }
    answer.headers["Link"] = (
        f"<{url_for('code_lookup.dump_signature', lang=None)}?{urlencode(moment)}>; "
        'rel="describedby"'
    )
    return finish(answer, None)


@blueprint.get("/tai-ve/ma-dinh-danh.csv.sig")
@declares(None)
def dump_signature() -> Response:
    """Give the signature of the list of a day and a journal row, 64 bytes."""
    with opened() as register:
        signed = code_list_of_day.signature(
            installation().key, code_list_of_day.table(register)
        )
    return finish(
        attachment(signed, "ma-dinh-danh.csv.sig", "application/octet-stream"), None
    )


@blueprint.get("/tai-ve/dem/ma-dinh-danh.csv")
@declares(None)
def nightly() -> Response:
    """Give the list of codes that was signed last night."""
    return _nightly(".csv", "text/csv; charset=utf-8")


@blueprint.get("/tai-ve/dem/ma-dinh-danh.csv.sig")
@declares(None)
def nightly_signature() -> Response:
    """Give the signature of last night's list, 64 bytes."""
    return _nightly(".sig", "application/octet-stream")


def _nightly(ending: str, content_type: str) -> Response:
    path = code_list_of_day.latest(
        installation().settings.data_dir / code_list_of_day.FOLDER
    ).with_suffix(ending)
    return finish(attachment(path.read_bytes(), path.name, content_type), None)


@blueprint.get("/tai-ve/khoa-ky.pem")
@declares(None)
def public_key() -> Response:
    """Give the key with which signatures of this register are checked."""
    return finish(
        attachment(
            code_list_of_day.public_key(installation().key),
            "khoa-ky.pem",
            "application/x-pem-file",
        ),
        None,
    )
