"""“Lập văn bản”: every paper of the office is offered with the words that it has by
itself, completed on one page, and given as DOCX or PDF.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _

from app import clock
from app.documents.papers import docx, letters, pdf
from app.documents.papers.letters import Letter
from app.documents.papers.parts import Paper
from app.documents.papers.writer import Writer
from app.errors import DanhmucError, FieldError, InvalidError
from app.web.http import current, guard
from app.web.http.sending_files import attachment
from app.workflow import paper_habits
from app.workflow.context import Desk
from app.workflow.decisions import text
from app.workflow.official_words import Capacity, printed_name, sign_off, slips

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SIGNING = ("signatory", "capacity", "own_title", "unit")


@dataclass(frozen=True)
class Drafted:
    """A paper that waits to be completed: who writes it, the letter that may be written
    otherwise (None where all follows from the register), and how it is drawn.

    `fields` are what else is asked, by name; `required` those that may not be empty.
    `back` leads to what it is about, `file` is its name without an ending, `habit` the
    kind whose last paper says how this one is signed, where that is another.
    """

    kind: str
    agency_id: UUID
    back: str
    file: str
    draw: Callable[[Writer, Letter | None, Mapping[str, str]], Paper | bytes]
    letter: Letter | None = None
    fields: Sequence[str] = ()
    required: Sequence[str] = ("signatory", "unit")
    habit: str = ""


def show(
    make: Callable[[Desk], Drafted], error: DanhmucError | None = None
) -> Response:
    """Show the page on which a paper is completed."""
    with current.looking() as session:
        desk = guard.desk(session)
        drafted = make(desk)
        values = _values(desk, drafted)
        page = render_template(
            "office/paper.html",
            drafted=drafted,
            letter=drafted.letter,
            values=values,
            has_pdf=pdf.available(),
            error=error,
            address=request.path,
        )
    return Response(page, 422 if error else 200)


def give(make: Callable[[Desk], Drafted]) -> Response:
    """Give the paper as it was completed; what is missing is told on its page."""
    with current.looking() as session:
        desk = guard.desk(session)
        drafted = make(desk)
        values = _values(desk, drafted)
        try:
            letter = _letter(drafted)
            _require(drafted, values, letter)
            writer = writer_of(desk, drafted.agency_id, values)
            made = drafted.draw(writer, letter, values)
        except InvalidError as error:
            return show(make, error)
    with current.writing() as session:
        kept = {name: values[name] for name in (*SIGNING, *drafted.fields)}
        habit = drafted.habit or drafted.kind
        paper_habits.keep(session, drafted.agency_id, habit, kept)
    if isinstance(made, bytes):
        return attachment(made, f"{drafted.file}.zip", "application/zip")
    data = docx.docx(made)
    if request.form.get("format") == "pdf":
        return attachment(pdf.of(data), f"{drafted.file}.pdf", "application/pdf")
    return attachment(data, f"{drafted.file}.docx", _WORD)


def _values(desk: Desk, drafted: Drafted) -> dict[str, str]:
    """Return what stands in the form: what was typed, else what the last paper of the
    kind had, else what follows from the register.
    """
    last = paper_habits.last(
        desk.session, drafted.agency_id, drafted.habit or drafted.kind
    )
    agency = text.register_on(desk, clock.today()).by_ids([drafted.agency_id])
    values = {
        "signatory": last.get("signatory", ""),
        "capacity": last.get("capacity", str(Capacity.HEAD)),
        "own_title": last.get("own_title", ""),
        "unit": last.get("unit") or text.symbol(agency.get(drafted.agency_id)),
    }
    values |= {name: last.get(name, "") for name in drafted.fields}
    if request.method == "POST":
        values |= {name: request.form.get(name, "").strip()[:300] for name in values}
    return values


def _letter(drafted: Drafted) -> Letter | None:
    if drafted.letter is None:
        return None
    said = request.form
    return letters.as_written(
        drafted.letter,
        said.get("about", "")[:500],
        said.get("receivers", "")[:20_000],
        said.get("paragraphs", "")[:50_000],
    )


def _require(
    drafted: Drafted, values: Mapping[str, str], letter: Letter | None
) -> None:
    errors = [
        FieldError(name, "required", _("Nhập chỗ này: văn bản in nó"))
        for name in drafted.required
        if not values.get(name)
    ]
    if letter is not None:
        if not letter.receivers:
            message = _("Nhập ít nhất một nơi nhận")
            errors.append(FieldError("receivers", "required", message))
        wrong = slips([letter.about, *letter.paragraphs])
        if letter.notice:
            wrong += _without_basis(letter.paragraphs)
        errors += [FieldError("paragraphs", "wording", message) for message in wrong]
    if errors:
        raise InvalidError(_("Còn chỗ phải sửa trước khi in"), errors)


def _without_basis(paragraphs: Sequence[str]) -> list[str]:
    """Return what is wrong with reasons of a refusal: each has its legal basis."""
    return [
        _("Lý do “%(reason)s” chưa có căn cứ: ghi (căn cứ …)", reason=reason[:60])
        for reason in paragraphs
        if reason[:1].isdigit() and "căn cứ" not in reason.lower()
    ]


def writer_of(desk: Desk, agency_id: UUID, values: Mapping[str, str]) -> Writer:
    """Return who writes a paper today, and how it is signed."""
    today: date = clock.today()
    province = desk.office.province(today)
    agency = text.register_on(desk, today).by_ids([agency_id]).get(agency_id)
    given = values.get("capacity")
    capacity = Capacity(given) if given in list(Capacity) else Capacity.HEAD
    department = text.department(desk, today)
    committee = department.content.get("parent") if department else None
    lines = sign_off(text.titles_of(agency), capacity, values.get("own_title", ""))
    return Writer(
        name=agency.title if agency else "",
        symbol=text.symbol(agency),
        unit=values.get("unit", ""),
        whole=province.whole,
        kind_of_place=province.type,
        place=province.name,
        year=today.year,
        sign_off=[line for line in lines if line],
        signatory=printed_name(values.get("signatory", "")),
        demonstration=desk.office.demonstration,
        below_province=committee != str(agency_id),
    )
