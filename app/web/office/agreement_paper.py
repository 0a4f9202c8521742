"""An agreement on sharing data as the paper that both sides sign."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Blueprint, Response

from app import clock
from app.documents.papers import agreement, docx, pdf
from app.documents.papers.agreement import Party, Terms
from app.permissions import Action, declares
from app.register.latest_versions import latest_version
from app.register.queries import EntryView, Register
from app.web.display import exchange_rows
from app.web.http import guard
from app.web.http.current import installation, looking, register_today
from app.web.http.sending_files import attachment
from app.workflow.context import Desk
from app.workflow.decisions import text
from app.workflow.official_words import cited, ordered, short_day

blueprint = Blueprint("agreement_paper", __name__)
KIND = "agreement"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# the articles that are one field each
_FIELDS = {
    "Địa điểm": "place",
    "Phương thức xử lý dữ liệu": "processing",
    "Điều kiện, giới hạn khai thác": "conditions",
    "Cam kết của các bên": "commitment",
    "Bảo đảm an toàn, xác thực": "security",
    "Lưu trữ, dữ liệu phái sinh": "storage",
    "Xóa dữ liệu": "deletion",
    "Nội dung khác": "other",
}


@blueprint.get("/muc/thoa-thuan/<local_id>/van-ban.<any(docx, pdf):extension>")
@declares(Action.WORK)
def paper(local_id: str, extension: str) -> Response:
    """Give the agreement as it is to be signed."""
    with looking() as session:
        register = register_today(session)
        view = register.get(KIND, local_id)
        drawn = docx.docx(agreement.paper(_terms(guard.desk(session), register, view)))
    name = f"thoa-thuan-{local_id}.{extension}"
    if extension == "pdf":
        return attachment(pdf.of(drawn), name, "application/pdf")
    return attachment(drawn, name, DOCX)


def _terms(desk: Desk, register: Register, view: EntryView) -> Terms:
    content = view.content
    consumers = [UUID(each) for each in content.get("consumers", ())]
    named = register.by_ids(
        [
            *consumers,
            *(UUID(each) for each in content.get("databases", ())),
            UUID(content["owner"]),
        ]
    )
    databases = [named[UUID(each)].title for each in content.get("databases", ())]
    sides = [named[UUID(content["owner"])], *(named[each] for each in consumers)]
    parties = [_party(side) for side in sides]
    province = installation().settings.province(clock.today())
    articles = {
        heading: str(content.get(field, "")) for heading, field in _FIELDS.items()
    }
    articles |= {
        "Các bên": "\n".join(_sides(parties)),
        "Nội dung dữ liệu chia sẻ": _subject(content, databases),
        "Thời hạn": _term(content),
        "Phương thức chia sẻ": "; ".join(
            _labels(register, "phuong-thuc", content.get("method", ()))
        ),
    }
    return Terms(
        parties[0],
        parties[1:],
        _bases(desk, content.get("legal_basis", ())),
        f"chia sẻ dữ liệu {', '.join(databases)}",
        articles,
        [_item(register, item) for item in content.get("items", ())],
        province.name,
        clock.today().year,
        installation().settings.demonstration,
    )


def _party(side: EntryView) -> Party:
    return Party(side.title, text.symbol(side), text.titles_of(side).head)


def _sides(parties: Iterable[Party]) -> Iterable[str]:
    for number, party in enumerate(parties, start=1):
        role = "bên cung cấp dữ liệu" if number == 1 else "bên khai thác dữ liệu"
        yield f"{number}. {party.name}, {role}."


def _subject(content: dict[str, object], databases: Iterable[str]) -> str:
    listed = "; ".join(databases)
    items = (
        "các hạng mục tại Phụ lục kèm theo"
        if content.get("items")
        else "toàn bộ hạng mục"
    )
    return f"Cơ sở dữ liệu: {listed}; {items}.\nMục đích: {content.get('purpose', '')}."


def _term(content: dict[str, object]) -> str:
    start, end = content.get("term_start"), content.get("term_end")
    first = f"Từ ngày {_day(start)}" if start else "Từ ngày ký"
    last = f" đến hết ngày {_day(end)}" if end else ", không xác định thời hạn kết thúc"
    renewal = content.get("renewal")
    return f"{first}{last}." + (f"\nGia hạn: {renewal}" if renewal else "")


def _day(value: object) -> str:
    return short_day(date.fromisoformat(str(value)))


def _bases(desk: Desk, laws: Iterable[str]) -> list[str]:
    """Return the legal bases that can be printed without guessing and still hold."""
    found = []
    for law in laws:
        version = latest_version(desk.session, UUID(law))
        if version is not None:
            found.append(text.basis(desk, version, text.Wording.of({})))
    return [cited(basis) for basis in ordered(found) if basis.printable]


def _labels(register: Register, scheme: str, codes: Iterable[str]) -> list[str]:
    return [
        exchange_rows.concept(register.profile.lists, scheme, code) for code in codes
    ]


def _item(register: Register, item: dict[str, str]) -> list[str]:
    lists = register.profile.lists
    mode, often = item.get("mode"), item.get("frequency")
    return [
        item.get("name", ""),
        exchange_rows.concept(lists, "hinh-thuc-chia-se", mode) if mode else "",
        exchange_rows.concept(lists, "tan-suat-ket-noi", often) if often else "",
        item.get("limit", ""),
    ]
