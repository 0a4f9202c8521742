"""What was approved enters by a decision: gathered, frozen, signed on, all of it or nothing."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from deciding import (
    SIGNER,
    TODAY,
    approved,
    do,
    freeze,
    frozen,
    gather,
    refused,
    signature,
    signed_document,
    status,
)
from docx import Document
from people import Browser, number_of
from province import ALL
from python_calamine import CalamineWorkbook
from rdflib import Graph
from sqlalchemy import func, select
from support import PATH, SIGNED_PDF, authority, database, law, opened_office

from app import clock, journal
from app.accounts.models import LoginSession
from app.documents.papers import docx, parts, pdf
from app.errors import (
    ConflictError,
    ForbiddenError,
    FourEyesError,
    InvalidError,
    TransitionError,
    UnavailableError,
)
from app.operations import audits
from app.permissions import Action, Role
from app.register.latest_versions import latest_version
from app.register.models import Version
from app.register.standing import State
from app.workflow.decisions import annex
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import DecisionKind, Issuer
from app.workflow.decisions.service import Draft
from app.workflow.decisions.text import Wording
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.models import Contribution, Involvement, Proposal
from catalog_schema.namespaces import ELI, PROV, RDF

PDF = SIGNED_PDF


@pytest.fixture
def office(tmp_path):
    """An office in which databases enter by a decision."""
    found = opened_office(tmp_path)
    found.system.__dict__["settings"] = found.system.settings.__class__(
        **{**vars(found.system.settings), "promulgate": ("shared-database",)}
    )
    return found


@pytest.fixture
def basis(office):
    return office.law(**authority())


def test_the_drafter_prepares_a_decision_and_the_clerk_enters_it(office, basis):
    one = approved(office, basis)
    with office.desk(Role.DRAFTER) as desk:
        wording = Wording(signatory=SIGNER, unit="CĐS")
        draft = Draft("Danh mục", Issuer.COMMITTEE, [basis], TODAY, wording=wording)
        decision = decisions.begin(desk, draft)
        numbers = (number_of(office, one),)
        decisions.write(desk, decision.number, decision.lock_version, draft, numbers)
        number = decision.number
    freeze(office, number, Role.DRAFTER)
    do(office, number, "send", "Tờ trình 5/TTr-SKHCN", who=Role.DRAFTER)
    with pytest.raises(ForbiddenError):
        do(office, number, "sign", signature(), who=Role.DRAFTER)
    do(office, number, "sign", signature())

    assert status(office, one) == "entered"
    drafter, clerk = Browser(office, Role.DRAFTER), Browser(office, Role.CLERK)
    for browser in (drafter, clerk):
        assert browser.get(f"/quyet-dinh/{number}").status_code == 200
        assert "Ban hành" in browser.get("/viec-cua-toi").text


def test_nothing_is_found_before_the_decision_and_everything_after_it(office, basis):
    one, two = (approved(office, basis, title) for title in ("CSDL Một", "CSDL Hai"))
    entry = office.entry_of(one)
    assert status(office, one) == "approved"
    with office.reading() as register:
        assert register.by_ids([entry]) == {}

    number = frozen(office, basis, *(number_of(office, each) for each in (one, two)))
    do(office, number, "send", "Tờ trình 5/TTr-SKHCN")
    do(office, number, "sign", signature())

    assert [status(office, each) for each in (one, two)] == ["entered", "entered"]
    view = office.get(entry)
    assert (view.state, view.valid_from) == (State.IN_FORCE, TODAY)
    with office.system.database.reading() as session:
        signed = session.scalar(
            select(decisions.Decision).where(decisions.Decision.number == number)
        )
        version = latest_version(session, entry)
        assert version.decision_id == signed.entry_id
        actions = [row.action for row in journal.rows(session)]
        assert journal.verify(journal.rows(session))[1] is None
        assert audits.altered_versions(session, office.system.profile) == []
    document = office.get(signed.entry_id)
    assert (document.content["number"], document.content["title"]) == (
        "12/QĐ-UBND",
        {"vi": "Ban hành Danh mục đợt 1"},
    )
    happened = ("begun", "gathered", "frozen", "sent", "signed")
    wanted = [f"decision.{event}" for event in happened]
    assert [action for action in actions if action.startswith("decision.")] == wanted


def test_a_decision_that_takes_effect_later_stands_there_as_not_yet_in_force(
    office, basis
):
    one = approved(office, basis)
    later = TODAY + timedelta(days=30)
    number = frozen(office, basis, number_of(office, one), effective=later)
    do(office, number, "sign", signature(effective_from=later))

    assert office.get(office.entry_of(one)).state is State.NOT_YET
    assert office.get(office.entry_of(one), as_of=later).state is State.IN_FORCE


def test_what_the_signature_lacks_or_contradicts_is_told_and_nothing_enters(
    office, basis
):
    one = approved(office, basis)
    number = frozen(office, basis, number_of(office, one))

    assert "ví dụ 1234/QĐ-UBND" in refused(office, number, number="mười hai")["number"]
    yesterday = TODAY - timedelta(days=1)
    told = refused(office, number, effective_from=yesterday)["effective_from"]
    assert f"Bản đã chốt ghi có hiệu lực từ {TODAY:%d/%m/%Y}" in told
    assert (
        "không sau hôm nay"
        in refused(office, number, signed_on=TODAY + timedelta(days=1))["signed_on"]
    )
    assert SIGNER in refused(office, number, signatory="Trần Thị B")["signatory"]
    assert "Chọn tệp" in refused(office, number, file=None)["signed"]
    office.enter(
        "legal-document",
        {
            **law("12/QĐ-UBND"),
            "issuer_name": "Ủy ban nhân dân tỉnh Thử Nghiệm",
            "issued": TODAY.isoformat(),
        },
    )
    assert f"của năm {TODAY.year} đã có" in refused(office, number)["number"]
    assert status(office, one) == "approved"
    with office.system.database.reading() as session:
        assert (
            session.scalar(select(func.count()).where(Version.decision_id.is_not(None)))
            == 0
        )


def test_a_basis_that_is_repealed_before_that_day_is_refused(office, basis):
    old = office.law("47/2020/NĐ-CP", **authority(), in_force_to=TODAY.isoformat())
    one = approved(office, basis)
    number = gather(office, old, number_of(office, one))
    with pytest.raises(InvalidError) as error:
        freeze(office, number)
    assert [
        "47/2020/NĐ-CP hết hiệu lực trước" in found.message
        for found in error.value.fields
    ] == [True]


def test_a_draft_without_proposals_day_or_basis_is_not_frozen(office):
    with office.desk(Role.CLERK) as desk:
        number = decisions.begin(desk, Draft("Trống", Issuer.CHAIRMAN, [], None)).number
    with pytest.raises(InvalidError) as error:
        freeze(office, number)
    assert {found.field for found in error.value.fields} >= {
        "proposals",
        "effective_from",
        "bases",
        "signatory",
    }


def test_what_the_annex_says_must_still_be_so_when_it_is_signed(office, basis):
    one = approved(office, basis)
    number = frozen(office, basis, number_of(office, one))
    with office.system.database.transaction() as session:
        session.get(Proposal, one).content_hash = "d" * 64
    with pytest.raises(ConflictError, match="khác bản đã chốt"):
        do(office, number, "sign", signature())


def test_an_entry_that_has_a_newer_version_holds_the_whole_decision_up(office, basis):
    first, other = (
        approved(office, basis, "CSDL Một"),
        approved(office, basis, "CSDL Hai"),
    )
    number = frozen(office, basis, number_of(office, first), number_of(office, other))
    do(office, number, "sign", signature())
    entry = office.entry_of(first)
    content = {**office.get(entry, audience=ALL).content, "title": {"vi": "Tên mới"}}
    rivals = [
        office.propose("shared-database", content, type="amend", entry_id=entry)
        for _ in range(2)
    ]
    for rival in rivals:
        for action, who in PATH:
            office.act(rival, action, who)
    both = frozen(
        office,
        basis,
        *(number_of(office, rival) for rival in rivals),
        kind=DecisionKind.AMEND,
        target=signed_document(office, number),
    )
    with pytest.raises(ConflictError, match="phiên bản mới hơn"):
        do(office, both, "sign", signature(number="13/QĐ-UBND"))
    assert [status(office, rival) for rival in rivals] == ["approved", "approved"]


def test_what_is_taken_out_goes_back_to_examination_with_its_history(office, basis):
    one, two = (approved(office, basis, title) for title in ("CSDL Một", "CSDL Hai"))
    number = gather(office, basis, number_of(office, one), number_of(office, two))
    with pytest.raises(InvalidError, match="Nhập lý do"):
        do(office, number, "take_out", number_of(office, one), " ")
    do(office, number, "take_out", number_of(office, one), "Thiếu ý kiến Sở Tài chính")

    assert status(office, one) == "in-review"
    with office.system.database.reading() as session:
        proposal = session.get(Proposal, one)
        assert (proposal.decision_id, proposal.approved_hash) == (None, None)
        names = [row.action for row in proposals.history(session, proposal)]
    assert names[-1] == "proposal.reopen"
    office.act(one, Action.RECOMMEND, Role.REVIEWER)
    office.act(one, Action.APPROVE, Role.APPROVER)
    assert status(office, one) == "approved"


def test_steps_follow_one_another_and_a_stale_page_changes_nothing(office, basis):
    one = approved(office, basis)
    number = gather(office, basis, number_of(office, one))
    with pytest.raises(TransitionError):
        do(office, number, "sign", signature())
    freeze(office, number)
    with office.desk(Role.CLERK) as desk, pytest.raises(ConflictError):
        decisions.thaw(desk, number, 1, "Sửa lời")
    do(office, number, "send", "5/TTr")
    do(office, number, "give_back", "Bổ sung căn cứ")
    with office.desk(Role.CLERK) as desk:
        found = decision_queries.get(desk, number)
        assert (found.step, found.reason, found.annex_hash) == (
            "gathering",
            "Bổ sung căn cứ",
            None,
        )
    do(office, number, "drop")
    with office.desk(Role.CLERK) as desk:
        assert [each.id for each in decision_queries.waiting(desk)] == [one]


def test_whoever_wrote_a_proposal_does_not_sign_it_in(office, basis):
    one = approved(office, basis)
    number = frozen(office, basis, number_of(office, one))
    with office.system.database.transaction() as session:
        session.add(
            Involvement(
                proposal_id=one,
                person_id=office.actors[Role.CLERK].person_id,
                part=Contribution.AUTHOR,
            )
        )
    with pytest.raises(FourEyesError):
        do(office, number, "sign", signature())
    assert status(office, one) == "approved"


def test_that_a_description_is_still_right_needs_no_decision(office, basis):
    one = approved(office, basis)
    number = frozen(office, basis, number_of(office, one))
    do(office, number, "sign", signature())
    proposal = office.propose(
        "shared-database", {}, type="confirm", entry_id=office.entry_of(one)
    )
    office.act(proposal, Action.CONFIRM, Role.REGISTRAR)
    assert status(office, proposal) == "entered"


def filled(row):
    return [cell for cell in row if cell != ""]


def assert_same_rows(csv_data, workbook):
    """The rows of a CSV are those of the first sheet of a workbook, but for its title."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    _title, *printed = map(filled, book.get_sheet_by_index(0).to_python())
    lines = csv.reader(io.StringIO(csv_data.decode("utf-8-sig")))
    told = list(map(filled, lines))
    assert all(row in told for row in printed)


def test_the_clerk_walks_it_in_the_browser_and_the_files_are_the_same_for_ever(
    office, basis
):
    one = approved(office, basis, "CSDL Đất đai ₫ Ệ")
    clerk = Browser(office, Role.CLERK)
    assert "Phiếu số" in clerk.get("/quyet-dinh").text
    said = {
        "title": "Ban hành Danh mục",
        "issuer": "ubnd",
        "effective_from": f"{TODAY:%d/%m/%Y}",
        "bases": "9/9/KHONG",
        "signatory": SIGNER,
        "unit": "CĐS",
    }
    wrong = clerk.post("/quyet-dinh", said)
    assert wrong.status_code == 422
    assert "Không có văn bản “9/9/KHONG”" in wrong.text
    assert "Ban hành Danh mục" in wrong.text
    page = clerk.post("/quyet-dinh", {**said, "bases": "1/2026/QĐ-UBND"}).location

    def step(verb, **more):
        lock = re.search(r'name="lock" value="(\d+)"', clerk.get(page).text)[1]
        return clerk.post(f"{page}/{verb}", {"lock": lock, **more})

    assert step("luu", **said, phieu=str(number_of(office, one))).status_code == 422
    kept = step(
        "luu", **{**said, "bases": "1/2026/QĐ-UBND"}, phieu=str(number_of(office, one))
    )
    assert kept.status_code == 302
    assert "CSDL Đất đai ₫ Ệ" in clerk.get(page).text
    assert step("chot").status_code == 302
    files = [
        clerk.get(f"{page}/tep/{name}").data
        for name in ("phu-luc.xlsx", "quyet-dinh.docx")
    ]
    sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(files[0]))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert sheet[2][1:3] == ["CSDL-0001", "CSDL Đất đai ₫ Ệ"]
    document = Document(io.BytesIO(files[1]))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "QUYẾT ĐỊNH:" in text
    assert f"Căn cứ {authority()['citation']};" in text.replace("\u00a0", " ")
    cells = [cell.text for cell in document.tables[-1].rows[-1].cells]
    assert cells[1:3] == ["CSDL-0001", "CSDL Đất đai ₫ Ệ"]
    drawn = clerk.get(f"{page}/tep/quyet-dinh.pdf")
    assert drawn.data.startswith(b"%PDF")
    assert drawn.headers["Content-Type"] == "application/pdf"

    empty = step("ban-hanh", number="", signed_on="99/99/2026")
    assert empty.status_code == 422
    assert "không phải một ngày" in empty.text
    day = f"{TODAY:%d/%m/%Y}"
    named = {
        "number": "15/QĐ-UBND",
        "signed_on": day,
        "effective_from": day,
        "signatory": SIGNER,
        "why": "Ký ngoài ngày làm việc",
    }
    done = step("ban-hanh", **named, signed=(io.BytesIO(PDF), "Quyết định đã ký.pdf"))
    assert done.status_code == 302, done.text
    assert status(office, one) == "entered"
    again = [
        clerk.get(f"{page}/tep/{name}").data
        for name in ("phu-luc.xlsx", "quyet-dinh.docx")
    ]
    assert again == files
    with office.system.database.reading() as session:
        entry_id = session.scalar(select(decisions.Decision.entry_id))
    local_id = office.get(entry_id).local_id
    assert office.client().get(f"/muc/van-ban/{local_id}/phu-luc.xlsx").data == files[0]
    rows = office.client().get(f"/muc/van-ban/{local_id}/phu-luc.csv").data
    assert_same_rows(rows, files[0])
    shown = office.client().get(f"/doc/van-ban/{local_id}").text
    assert "CSDL Đất đai ₫ Ệ" in shown
    assert Browser(office, Role.REGISTRAR).get("/quyet-dinh").status_code == 403


def test_the_term_of_the_examination_does_not_run_while_a_decision_is_awaited(
    office, basis
):
    """Two working days until the approval; forty days later what is taken out has eighteen left."""
    with clock.frozen(datetime(2026, 3, 2, 3, tzinfo=UTC)):
        one = office.propose(
            "shared-database", database(str(office.department), str(basis))
        )
        office.act(one, Action.SUBMIT, Role.REGISTRAR)
    with clock.frozen(datetime(2026, 3, 4, 3, tzinfo=UTC)):
        for action, who in PATH[1:]:
            office.act(one, action, who)
    with office.desk(Role.CLERK) as desk:
        assert desk.office.until(proposals.get(desk, one)) is None
    with clock.frozen(datetime(2026, 4, 13, 3, tzinfo=UTC)):
        number = gather(office, basis, number_of(office, one))
        do(office, number, "take_out", number_of(office, one), "Thiếu ý kiến")
    with office.desk(Role.REVIEWER) as desk:
        until = desk.office.until(proposals.get(desk, one))
    assert until == desk.office.calendar.due(datetime(2026, 4, 13, 3, tzinfo=UTC), 18)


def test_a_decision_that_does_not_exist_is_no_page(office):
    clerk = Browser(office, Role.CLERK)
    for serial in ("0", "99", "x", "9" * 40):
        assert clerk.get(f"/quyet-dinh/{serial}").status_code == 404
        assert (
            clerk.post(f"/quyet-dinh/{serial}/chot", {"lock": "1"}).status_code == 404
        )


def test_a_decision_says_what_it_changed_and_two_are_compared(office, basis):
    first = approved(office, basis, "Đất đai")
    one = frozen(office, basis, number_of(office, first))
    do(office, one, "sign", signature())
    entry = office.entry_of(first)
    with office.desk() as desk:
        content = dict(latest_version(desk.session, entry).content)
    amended = {**content, "scope": {"vi": "Toàn tỉnh và <vùng biển>"}}
    second = office.propose("shared-database", amended, type="amend", entry_id=entry)
    for action, who in PATH:
        office.act(second, action, who)
    new = approved(office, basis, "Rừng")
    two = gather(
        office, basis, number_of(office, second), number_of(office, new), title="Đợt 2"
    )
    clerk = Browser(office, Role.CLERK)

    changed = clerk.get(f"/quyet-dinh/{two}/thay-doi").text
    assert "vùng biển" in changed
    assert "<vùng biển>" not in changed
    against = clerk.get(f"/quyet-dinh/{two}/thay-doi?voi={one}").text
    assert [name in against for name in ("Đất đai", "Rừng", "12/QĐ-UBND")] == [True] * 3
    assert clerk.get(f"/quyet-dinh/{two}/thay-doi?voi=99").status_code == 404
    assert (
        Browser(office, Role.REGISTRAR).get(f"/quyet-dinh/{two}/thay-doi").status_code
        == 403
    )


def test_one_button_gives_the_whole_dossier_the_same_once_frozen(office, basis):
    one = approved(office, basis, "Đất đai")
    number = gather(office, basis, number_of(office, one))
    clerk = Browser(office, Role.CLERK)
    lock = clerk.fields(f"/quyet-dinh/{number}")["lock"]
    assert clerk.post(f"/quyet-dinh/{number}/chot", {"lock": lock}).status_code == 302
    signing = {"signatory": "ThS. Lê Văn C", "unit": "CĐS", "compiler": "Võ Văn E"}

    missing = clerk.post(f"/giay-to/bo-ho-so/{number}", {**signing, "signatory": ""})
    given = clerk.post(f"/giay-to/bo-ho-so/{number}", signing)

    assert missing.status_code == 422
    assert "Võ Văn E" in missing.text
    made = zipfile.ZipFile(io.BytesIO(given.data))
    assert made.namelist() == [
        "00-danh-muc-tai-lieu.docx",
        "01-to-trinh.docx",
        "02-du-thao-quyet-dinh.docx",
        "03-phu-luc.xlsx",
        "04-bao-cao-tham-dinh.docx",
        "06-so-sanh.docx",
        "09-can-cu-phap-ly.docx",
    ]
    kept = clerk.get(f"/quyet-dinh/{number}/tep/quyet-dinh.docx").data
    assert made.read("02-du-thao-quyet-dinh.docx") == kept
    letter = Document(io.BytesIO(made.read("01-to-trinh.docx")))
    said = "\n".join(paragraph.text for paragraph in letter.paragraphs)
    assert "TỜ TRÌNH" in said
    assert "thẩm định 01 phiếu" in said
    assert letter.tables[-1].rows[0].cells[1].paragraphs[-1].text == "Lê Văn C"
    report = Document(io.BytesIO(made.read("04-bao-cao-tham-dinh.docx")))
    cells = [cell.text for cell in report.tables[-1].rows[1].cells]
    assert cells[1:3] == [str(number_of(office, one)), "Đất đai"]
    assert 'value="ThS. Lê Văn C"' in clerk.get(f"/giay-to/to-trinh/{number}").text


def test_the_record_of_an_entry_names_the_decision_that_promulgated_it(office, basis):
    number = gather(office, basis, number_of(office, approved(office, basis)))
    freeze(office, number)
    do(office, number, "sign", signature())
    with office.system.database.reading() as session:
        local_id = office.get(
            session.scalar(select(decisions.Decision.entry_id))
        ).local_id

    said = Graph().parse(data=office.client().get("/catalog.ttl").data, format="turtle")

    (law,) = said.objects(None, PROV.used)
    assert (law, RDF.type, ELI.LegalResource) in said
    assert str(law).endswith(f"/id/van-ban/{local_id}")


def test_a_decision_takes_no_number_of_another_kind_of_document(office, basis):
    number = gather(office, basis, number_of(office, approved(office, basis)))
    freeze(office, number)

    assert "QĐ" in refused(office, number, number="278/2025/NĐ-CP")["number"]


def test_the_signed_file_is_asked_for_again_where_the_code_is(office, basis):
    number = gather(office, basis, number_of(office, approved(office, basis)))
    clerk = Browser(office, Role.CLERK)
    lock = clerk.fields(f"/quyet-dinh/{number}")["lock"]
    assert clerk.post(f"/quyet-dinh/{number}/chot", {"lock": lock}).status_code == 302
    lock = clerk.fields(f"/quyet-dinh/{number}")["lock"]
    with office.system.database.transaction() as session:
        for row in session.query(LoginSession):
            row.signing_until = clock.now()

    asked = clerk.post(
        f"/quyet-dinh/{number}/ban-hanh",
        {"lock": lock, "number": "15/QĐ-UBND", "signed_on": f"{TODAY:%d/%m/%Y}"},
        content_type="multipart/form-data",
    )
    again = clerk.post(
        f"/quyet-dinh/{number}/ban-hanh",
        {"lock": lock, "signed": (io.BytesIO(PDF), "Bản ký.pdf")},
    )

    assert 'type="file"' not in asked.text
    assert "Chọn lại tệp “Bản ký.pdf”" in again.text
    assert 'type="file"' in again.text
    assert 'enctype="multipart/form-data"' in again.text


def test_a_paper_as_pdf_has_every_vietnamese_letter_or_is_refused():
    letters = (
        "ẮẰẲẴẶẤẦẨẪẬẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰỲỴỶỸĐ ắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữựỳỵỷỹđ ₫"
    )

    def paper(text):
        table = parts.Table([parts.Column("Chữ <b>", 100)], [parts.Row([letters])])
        annex = parts.Annex("Phụ lục thử", "Kèm theo văn bản thử")
        made = [parts.Text(text), table, annex, parts.Text(letters)]
        return docx.docx(parts.Paper("Thử", "Thử", made, demonstration=False))

    drawn = pdf.of(paper(letters))
    assert drawn == pdf.of(paper(letters))
    with pytest.raises(UnavailableError, match="\ue000"):
        pdf.of(paper("chữ \ue000"))


def test_the_short_lane_carries_nothing_that_the_annex_prints(office):
    """One reviewer alone would change what the People's Committee then promulgates."""
    for kind in office.system.profile.kinds.values():
        for dotted, field in kind.walk():
            if dotted in annex.PRINTED and kind.entered_by == "decision":
                assert not field.short_lane, f"{kind.name}.{dotted}"


def test_an_unknown_mode_is_printed_as_unknown(office, basis):
    item = {**database(str(office.department), str(basis))["data_items"][0]}
    other = {
        "name": {"vi": "Khác"},
        "sharing": [{"consumer_group": "ca-nhan", "mode": "la"}],
    }
    content = database(
        str(office.department), str(basis), data_items=[item, {**item, **other}]
    )
    proposal = office.propose("shared-database", content)
    with office.desk(Role.CLERK) as desk:
        printed = annex.of(desk, [proposals.get(desk, proposal)], TODAY)

    (listed,) = printed["lists"]
    modes = [each["modes"] for each in listed["agencies"][0]["databases"][0]["items"]]
    assert modes == [["DC", "–"], ["–", "Chưa xác định"]]
