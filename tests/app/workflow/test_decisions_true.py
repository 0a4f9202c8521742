"""What is frozen is what is signed; no impossible decision; a wrong record is rectified, a wrong day amended."""

import io
import re
from datetime import date, timedelta

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
from support import (
    PATH,
    SIGNED_PDF,
    agency,
    authority,
    code,
    database,
    law,
    opened_office,
)

from app import journal
from app.documents.papers import docx, parts, pdf, signed_copy
from app.errors import ConflictError, FourEyesError, InvalidError, NotFoundError
from app.operations import audits
from app.permissions import Role
from app.register.models import Entry
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import rectifying
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import DecisionKind, Effect, Issuer
from app.workflow.decisions.rectifying import AsSigned
from app.workflow.decisions.service import Draft
from app.workflow.decisions.text import Wording, parse
from app.workflow.official_words import Capacity

LATER = TODAY + timedelta(days=30)


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path, promulgate=("shared-database",))


@pytest.fixture
def basis(office):
    return office.law(**authority())


def local_id(office, proposal):
    with office.system.database.reading() as session:
        return session.get(Entry, office.entry_of(proposal)).local_id


def decision_of(office, number):
    with office.desk(Role.CLERK) as desk:
        found = decision_queries.get(desk, number)
        desk.session.expunge(found)
        return found


def signed(office, basis, *titles, effective=TODAY, number="12/QĐ-UBND", **more):
    """Have databases promulgated; return the decision's number and the entries."""
    ones = [approved(office, basis, title) for title in titles or ("CSDL Một",)]
    numbers = [number_of(office, one) for one in ones]
    made = frozen(office, basis, *numbers, effective=effective, **more)
    do(office, made, "sign", signature(number=number, effective_from=effective))
    return made, [office.entry_of(one) for one in ones]


def sound(office):
    """Nothing that the register and the journal say of each other differs."""
    with office.system.database.reading() as session:
        assert journal.verify(journal.rows(session))[1] is None
        profile = office.system.profile
        assert audits.altered_versions(session, profile) == []
        assert audits.altered_entries(session, profile) == []
        assert audits.altered_periods(session) == []


# -- what is frozen is what is signed


def test_identifiers_are_reserved_at_freezing_and_found_from_entering(office, basis):
    one, two = approved(office, basis, "CSDL Một"), approved(office, basis, "CSDL Hai")
    number = frozen(office, basis, number_of(office, one), number_of(office, two))
    given = [local_id(office, each) for each in (one, two)]

    assert given == ["CSDL-0001", "CSDL-0002"]
    (listed,) = decision_of(office, number).annex["lists"]
    assert [row[1] for row in listed["rows"]] == given
    assert office.client().get("/doc/csdl/CSDL-0001").status_code == 404
    assert "/csdl/CSDL-0001" not in office.client().get("/tra-cuu?q=CSDL-0001").text
    do(office, number, "thaw", "Sửa trích yếu")
    freeze(office, number)
    assert [local_id(office, each) for each in (one, two)] == given
    do(office, number, "sign", signature())
    assert office.client().get("/doc/csdl/CSDL-0001").status_code == 200
    sound(office)


def test_a_dropped_draft_leaves_its_identifiers_to_nobody_else(office, basis):
    one = approved(office, basis, "CSDL Một")
    number = frozen(office, basis, number_of(office, one))
    do(office, number, "thaw", "Chưa trình nữa")
    do(office, number, "drop")
    two = approved(office, basis, "CSDL Hai")
    frozen(office, basis, number_of(office, two))

    assert (local_id(office, one), local_id(office, two)) == ("CSDL-0001", "CSDL-0002")
    sound(office)


def test_an_identifier_that_nobody_reserved_is_found(office, basis):
    one = approved(office, basis)
    with office.system.database.transaction() as session:
        session.get(Entry, office.entry_of(one)).local_id = "CSDL-0777"
    with office.system.database.reading() as session:
        found = audits.altered_entries(session, office.system.profile)
    assert found == [str(office.entry_of(one))]


def test_a_draft_is_thawed_with_a_reason_that_is_kept(office, basis):
    number = frozen(office, basis, number_of(office, approved(office, basis)))
    with pytest.raises(InvalidError, match="Nêu lý do mở lại"):
        do(office, number, "thaw", " ")
    do(office, number, "thaw", "Ủy ban yêu cầu sửa Điều 2")

    steps = [
        (step["event"], step["reason"]) for step in decision_of(office, number).steps
    ]
    assert steps[-1] == ("thawed", "Ủy ban yêu cầu sửa Điều 2")
    page = Browser(office, Role.CLERK).get(f"/quyet-dinh/{number}").text
    assert "Ủy ban yêu cầu sửa Điều 2" in page


def test_a_name_that_is_another_on_the_day_of_signing_is_refused(office, basis):
    number = frozen(office, basis, number_of(office, approved(office, basis)))
    renamed = agency("Sở Khoa học và Chuyển đổi số")
    office.enter("agency", renamed, type="amend", entry_id=office.department)

    with pytest.raises(ConflictError, match="mở lại"):
        do(office, number, "sign", signature())
    do(office, number, "thaw", "Sở đổi tên")
    freeze(office, number)
    do(office, number, "sign", signature())
    (listed,) = decision_of(office, number).annex["lists"]
    assert listed["agencies"][0]["name"] == "Sở Khoa học và Chuyển đổi số"


def paper(*texts):
    made = [parts.Text(text) for text in texts]
    return docx.docx(parts.Paper("Thử", "Thử", made, demonstration=True))


def test_what_the_signed_copy_says_otherwise_is_told():
    said = ("Số: /QĐ-UBND", "Điều 1. Ban hành kèm theo Quyết định này Danh mục.")
    frozen_ = paper(*said)
    numbered = ("Số: 123/QĐ-UBND", said[1])

    assert signed_copy.differences(frozen_, pdf.of(paper(*numbered))) == []
    other = pdf.of(paper(numbered[0], said[1].replace("Ban hành", "Công bố")))
    (told,) = signed_copy.differences(frozen_, other)
    assert told == "“Ban hành” thành “Công bố”"
    assert signed_copy.differences(frozen_, SIGNED_PDF) is None
    assert signed_copy.differences(frozen_, paper(*numbered)) == []
    for data in (b"%PDF-1.7 x", b"PK\x03\x04", b"%PDF-" + b"9" * 10_000):
        with pytest.raises(InvalidError, match="Không đọc được bản đã ký"):
            signed_copy.differences(frozen_, data)


def test_the_clerk_sees_what_differs_and_says_why(office, basis):
    one = approved(office, basis)
    number = gather(office, basis, number_of(office, one))
    clerk = Browser(office, Role.CLERK)
    page = f"/quyet-dinh/{number}"
    lock = clerk.fields(page)["lock"]
    assert clerk.post(f"{page}/chot", {"lock": lock}).status_code == 302
    document = Document(io.BytesIO(clerk.get(f"{page}/tep/quyet-dinh.docx").data))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(
                "chịu trách nhiệm thi hành", "tổ chức thực hiện"
            )
    stream = io.BytesIO()
    document.save(stream)
    day = f"{TODAY:%d/%m/%Y}"
    said = {
        "lock": clerk.fields(page)["lock"],
        "number": "15/QĐ-UBND",
        "signed_on": day,
        "effective_from": day,
        "signatory": SIGNER,
    }

    def sent(**more):
        copy = (io.BytesIO(stream.getvalue()), "ban-ky.docx")
        return clerk.post(f"{page}/ban-hanh", {**said, "signed": copy, **more})

    asked = sent()
    assert asked.status_code == 422
    assert "thành “tổ chức thực hiện” " in asked.text.replace("”", "” ")
    assert 'name="why"' in asked.text
    assert status(office, one) == "approved"
    assert sent(why="Ủy ban sửa lời văn khi ký").status_code == 302
    assert "Ủy ban sửa lời văn khi ký" in clerk.get(page).text


# -- no impossible decision


def draft(office, basis, *numbers, **more):
    said = {"wording": Wording(signatory=SIGNER, unit="CĐS"), **more}
    issuer = said.pop("issuer", Issuer.COMMITTEE)
    with office.desk(Role.CLERK) as desk:
        written = Draft("Ban hành", issuer, [basis], TODAY, **said)
        made = decisions.begin(desk, written)
        decisions.write(desk, made.number, made.lock_version, written, numbers)
        return made.number


def unfit(office, number):
    with office.desk(Role.CLERK) as desk, pytest.raises(InvalidError) as error:
        decisions.reserve(desk, number)
    told: dict[str, str] = {}
    for found in error.value.fields:
        told[found.field] = f"{told.get(found.field, '')} {found.message}"
    return told


@pytest.mark.parametrize(
    ("wording", "field", "words"),
    [
        ({"signatory": " "}, "signatory", "Nhập họ tên người ký"),
        ({"unit": ""}, "unit", "Nhập ký hiệu đơn vị soạn thảo"),
        ({"capacity": Capacity.BY_ORDER}, "capacity", "cấp phó ký thay"),
        ({"articles": "Điều 1. Công bố Danh mục"}, "articles", "Điều 1 phải bắt đầu"),
        (
            {"articles": "Điều 1. Ban hành kèm theo Quyết định này CSDL tại {phụ lục}"},
            "articles",
            "không viết tắt",
        ),
        (
            {"articles": "Điều 1. Ban hành kèm theo Quyết định này 01 mục"},
            "articles",
            "có hiệu lực",
        ),
        (
            {"receivers": ["Như Điều {điều cuối}", "‹nơi nhận›"]},
            "receivers",
            "chưa điền",
        ),
    ],
)
def test_what_no_director_could_sign_is_not_frozen(
    office, basis, wording, field, words
):
    one = approved(office, basis)
    said = {"signatory": SIGNER, "unit": "CĐS", **wording}
    number = draft(office, basis, number_of(office, one), wording=Wording(**said))
    assert words in unfit(office, number)[field]
    assert local_id(office, one) is None


def test_a_decision_needs_a_basis_that_gives_the_power(office):
    content_only = office.law("5/2025/NĐ-CP", citation="Nghị định số 5/2025/NĐ-CP")
    one = approved(office, content_only)
    number = draft(office, content_only, number_of(office, one))
    assert "thẩm quyền" in unfit(office, number)["bases"]


def test_a_basis_that_nobody_read_is_printed_once_its_title_is_typed(office, basis):
    unread = office.law("278/2025/NĐ-CP", document_type="nghi-dinh")
    one = approved(office, basis)
    with office.desk(Role.CLERK) as desk:
        wording = Wording(signatory=SIGNER, unit="CĐS")
        said = Draft(
            "Ban hành", Issuer.COMMITTEE, [basis, unread], TODAY, wording=wording
        )
        number = decisions.begin(desk, said).number
    clerk = Browser(office, Role.CLERK)
    page = f"/quyet-dinh/{number}"
    fields = clerk.fields(f"{page}")
    assert "gõ trích yếu" in unfit(office, number)["bases"]
    assert f'name="subject-{unread}"' in clerk.get(page).text
    typed = {
        **fields,
        f"subject-{unread}": "Quy định về kết nối, chia sẻ dữ liệu",
        "phieu": str(number_of(office, one)),
        "bases": "1/2026/QĐ-UBND\n278/2025/NĐ-CP",
        "title": "Ban hành",
        "signatory": SIGNER,
        "unit": "CĐS",
        "effective_from": f"{TODAY:%d/%m/%Y}",
    }
    assert clerk.post(f"{page}/luu", typed).status_code == 302
    freeze(office, number)
    lines = decision_of(office, number).annex["paper"]["bases"]
    assert lines[0] == (
        "Căn cứ Nghị định số 278/2025/NĐ-CP ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân "
        "tỉnh quy định về kết nối, chia sẻ dữ liệu"
    )


def test_a_basis_of_unknown_force_needs_a_reason(office):
    unknown = office.law(**authority(), status="chua-xac-dinh")
    one = approved(office, unknown)
    number = draft(office, unknown, number_of(office, one))
    assert "Chưa xác định văn bản" in unfit(office, number)["bases"]
    why = Wording(
        signatory=SIGNER, unit="CĐS", unknown_bases="Đã hỏi Sở Tư pháp: còn hiệu lực"
    )
    other = draft(office, unknown, wording=why)
    assert "bases" not in unfit(office, other)


def test_a_list_is_amended_by_an_amending_decision_of_its_own_family(office, basis):
    number, (entry,) = signed(office, basis)
    content = {**office.get(entry, audience=ALL).content, "scope": {"vi": "Vùng biển"}}
    amended = office.propose("shared-database", content, type="amend", entry_id=entry)
    for action, who in PATH:
        office.act(amended, action, who)
    serial = number_of(office, amended)
    mine = signed_document(office, number)

    plain = draft(office, basis, serial)
    assert "Sửa đổi, bổ sung" in unfit(office, plain)["target"]
    do(office, plain, "drop")
    foreign = draft(office, basis, serial, kind=DecisionKind.AMEND, target=basis)
    assert "không nằm trong Danh mục" in unfit(office, foreign)["target"]
    do(office, foreign, "drop")
    other = {"kind": DecisionKind.AMEND, "target": mine, "issuer": Issuer.CHAIRMAN}
    chairman = draft(office, basis, serial, **other)
    assert "nêu vì sao nơi khác ban hành" in unfit(office, chairman)["target"]
    do(office, chairman, "drop")
    why = Wording(
        signatory=SIGNER, unit="CĐS", other_issuer="Được Ủy ban nhân dân giao"
    )
    reasoned = draft(office, basis, serial, **other, wording=why)
    freeze(office, reasoned)
    do(office, reasoned, "thaw", "Ủy ban nhân dân tự ban hành")
    do(office, reasoned, "drop")
    own = draft(office, basis, serial, kind=DecisionKind.AMEND, target=mine)
    freeze(office, own)

    found = decision_of(office, own)
    (listed,) = found.annex["lists"]
    assert listed["rows"][0][3] == "Phạm vi"
    assert listed["rows"][0][5] == "Vùng biển"
    text = found.annex["paper"]["articles"]
    assert text[0][0].startswith("Sửa đổi, bổ sung Danh mục cơ sở dữ liệu dùng chung")
    assert "Quyết định số 12/QĐ-UBND" in text[0][0]
    assert text[0][1] == ["1. Sửa đổi nội dung của 01 cơ sở dữ liệu tại Phụ lục."]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"signatory": "Trần Thị B"}, "signatory", "mở lại dự thảo"),
        (
            {"effective_from": TODAY + timedelta(days=9)},
            "effective_from",
            "đã chốt ghi",
        ),
        ({"signed_on": date(2020, 1, 2)}, "signed_on", "phê duyệt phiếu cuối cùng"),
        ({"number": "12"}, "number", "ví dụ 1234/QĐ-UBND"),
        ({"file": None}, "signed", "Chọn tệp"),
    ],
)
def test_what_a_signed_paper_cannot_say_is_refused(office, basis, more, field, words):
    number = frozen(office, basis, number_of(office, approved(office, basis)))
    assert words in refused(office, number, **more)[field]


def test_a_day_before_the_submission_is_refused(office, basis):
    number = frozen(office, basis, number_of(office, approved(office, basis)))
    tomorrow = TODAY + timedelta(days=1)
    do(office, number, "send", f"5/TTr-SKHCN ngày {tomorrow:%d/%m/%Y}")
    assert "tờ trình" in refused(office, number)["signed_on"]


def test_a_number_is_taken_once_a_year_by_an_issuer_of_whatever_type(office, basis):
    number = frozen(office, basis, number_of(office, approved(office, basis)))
    taken = {**law("12/QĐ-UBND"), "issued": TODAY.isoformat()}
    office.enter(
        "legal-document",
        {**taken, "issuer_name": "Ủy ban nhân dân thành phố Thử Nghiệm"},
    )
    assert "đã có trong danh mục" in refused(office, number)["number"]


def test_what_is_unlikely_is_asked_and_why_it_is_so_is_kept(office, basis):
    signed(office, basis, number="50/QĐ-UBND")
    number = frozen(
        office, basis, number_of(office, approved(office, basis, "CSDL Hai"))
    )
    sunday = TODAY - timedelta(days=(TODAY.weekday() + 1) % 7 or 7)
    with office.desk(Role.CLERK) as desk:
        found = decision_queries.get(desk, number)
        said = signature(number="999/QĐ-UBND", signed_on=sunday, why="")
        asked = decisions.signing.unlikely(desk, found, said)
    assert any("không phải ngày làm việc" in each for each in asked)
    assert any("thứ tự ngày ký" in each for each in asked)


def test_an_effect_from_the_signature_follows_the_signature(office, basis):
    one = approved(office, basis)
    number = frozen(
        office, basis, number_of(office, one), effective=None, effect=Effect.SIGNING
    )
    assert "kể từ ngày ký" in str(decision_of(office, number).annex["paper"])
    told = refused(office, number, effective_from=LATER)
    assert "kể từ ngày ký" in told["effective_from"]
    do(office, number, "sign", signature(effective_from=None))
    assert office.get(office.entry_of(one)).valid_from == TODAY


def test_who_may_not_sign_that_day_does_not(office, basis):
    committee = office.enter(
        "agency",
        agency(
            "Ủy ban nhân dân tỉnh Thử Nghiệm",
            classification="ubnd",
            signers=[
                {"name": "Lê B", "capacity": "dung-dau", "valid_from": "2020-01-01"},
                {
                    "name": SIGNER,
                    "capacity": "ky-thay",
                    "valid_from": "2020-01-01",
                    "valid_to": "2021-01-01",
                },
            ],
        ),
    )
    below = agency("Sở Khoa học và Công nghệ", parent=str(committee))
    office.enter("agency", below, type="amend", entry_id=office.department)
    one = approved(office, basis)
    number = draft(office, basis, number_of(office, one))
    assert "không được ký" in unfit(office, number)["signatory"]
    other = draft(office, basis, wording=Wording(signatory="Lê B", unit="CĐS"))
    assert "signatory" not in unfit(office, other)


# -- corrections


def as_signed(office, serial, /, **more):
    found = decision_of(office, serial)
    said = {
        "number": found.symbol,
        "signed_on": found.signed_on,
        "effective_from": found.effective_from,
        "signatory": found.signatory,
        "file": None,
    }
    return AsSigned(**{**said, **more})


@pytest.fixture
def second(office):
    """A second clerk."""
    with office.system.database.transaction() as session:
        office.actors["second"] = office.hire(
            session, "hai@thu.example", office.department, Role.CLERK
        )
    return "second"


def rectify(office, serial, by, /, **more):
    with office.desk(Role.CLERK) as desk:
        said = as_signed(office, serial, **more)
        asked = rectifying.ask(desk, serial, said, "Gõ nhầm").id
    with office.desk(by) as desk:
        rectifying.confirm(desk, serial, seen=asked)


def test_a_number_typed_wrongly_is_corrected_by_a_second_person(office, basis, second):
    number, _ = signed(office, basis)
    document = signed_document(office, number)
    with office.desk(Role.CLERK) as desk:
        said = as_signed(office, number, number="21/QĐ-UBND")
        asked = rectifying.ask(desk, number, said, "Bản ký ghi 21").id
    with office.desk(Role.CLERK) as desk, pytest.raises(FourEyesError):
        rectifying.confirm(desk, number, seen=asked)
    assert office.get(document).content["number"] == "12/QĐ-UBND"
    with office.desk(second) as desk:
        rectifying.confirm(desk, number, seen=asked)

    assert decision_of(office, number).symbol == "21/QĐ-UBND"
    assert office.get(document).content["number"] == "21/QĐ-UBND"
    with office.desk(second) as desk:
        (kept,) = rectifying.all_of(desk, decision_queries.get(desk, number))
        assert kept.changes == {"number": ["12/QĐ-UBND", "21/QĐ-UBND"]}
        with pytest.raises(NotFoundError):
            rectifying.confirm(desk, number, seen=asked)
    sound(office)


def test_what_cannot_be_is_no_correction(office, basis):
    number, _ = signed(office, basis)
    office.enter(
        "legal-document",
        {
            **law("21/QĐ-UBND"),
            "issued": TODAY.isoformat(),
            "issuer_name": "Ủy ban nhân dân tỉnh Thử Nghiệm",
        },
    )

    def told(reason="Gõ nhầm", **more):
        with office.desk(Role.CLERK) as desk, pytest.raises(InvalidError) as error:
            rectifying.ask(desk, number, as_signed(office, number, **more), reason)
        return {found.field for found in error.value.fields}

    assert told() == {"number"}
    assert told(number="21/QĐ-UBND") == {"number"}
    assert told(reason=" ", number="22/QĐ-UBND") == {"reason"}
    assert told(signatory=" ") == {"signatory"}
    assert told(effective_from=TODAY - timedelta(days=9)) == {"effective_from"}


def test_where_a_day_changes_every_period_is_laid_again_and_the_old_day_is_known(
    office, basis, second
):
    number, entries = signed(office, basis, "CSDL Một", "CSDL Hai")
    with office.system.database.reading() as session:
        before = journal.head(session)
    with office.desk(second) as desk:
        moved = rectifying.preview(desk, decision_queries.get(desk, number), LATER)
    assert [(each.old, each.new, each.possible) for each in moved] == [
        (TODAY, LATER, True)
    ] * 2

    rectify(office, number, second, effective_from=LATER)

    for entry in entries:
        assert office.get(entry).valid_from == LATER
        with office.reading(known_at=before) as register:
            assert register.by_ids([entry])[entry].valid_from == TODAY
    document = office.get(signed_document(office, number))
    assert document.content["in_force_from"] == LATER.isoformat()
    sound(office)
    rectify(office, number, second, effective_from=TODAY)
    assert office.get(entries[0]).valid_from == TODAY
    sound(office)


def test_days_that_others_changed_since_are_not_moved(office, basis, second):
    number, (entry,) = signed(office, basis)
    content = {**office.get(entry, audience=ALL).content, "scope": {"vi": "Vùng biển"}}
    amended = office.propose("shared-database", content, type="amend", entry_id=entry)
    for action, who in PATH:
        office.act(amended, action, who)
    target = signed_document(office, number)
    other = draft(
        office,
        basis,
        number_of(office, amended),
        kind=DecisionKind.AMEND,
        target=target,
    )
    freeze(office, other)
    do(office, other, "sign", signature(number="13/QĐ-UBND"))

    with office.desk(Role.CLERK) as desk, pytest.raises(InvalidError) as error:
        said = as_signed(office, number, effective_from=LATER)
        rectifying.ask(desk, number, said, "Gõ nhầm")
    assert "thay đổi khác" in error.value.fields[0].message


def test_a_wrong_effective_day_of_the_paper_is_amended_by_a_decision(office, basis):
    number, entries = signed(office, basis, "CSDL Một", "CSDL Hai")
    with office.system.database.reading() as session:
        before = journal.head(session)
    amending = draft(
        office,
        basis,
        kind=DecisionKind.AMEND,
        target=signed_document(office, number),
        target_from=LATER,
        effect=Effect.SIGNING,
    )
    freeze(office, amending)
    text = decision_of(office, amending).annex["paper"]["articles"]
    assert LATER.strftime("%d") in text[0][1][0]
    do(office, amending, "sign", signature(number="13/QĐ-UBND", effective_from=None))

    for entry in entries:
        assert office.get(entry).valid_from == LATER
        with office.reading(known_at=before) as register:
            assert register.by_ids([entry])[entry].valid_from == TODAY
    assert decision_of(office, number).effective_from == LATER
    page = office.client().get(
        f"/quyet-dinh-ban-hanh/{office.get(signed_document(office, number)).local_id}"
    )
    assert page.status_code == 200
    assert "13/QĐ-UBND" in page.text
    sound(office)


def test_the_pages_of_a_correction(office, basis, second):
    number, _ = signed(office, basis)
    clerk, other = Browser(office, Role.CLERK), Browser(office, second)
    page = f"/quyet-dinh/{number}/sua-thong-tin"
    day = f"{TODAY:%d/%m/%Y}"
    said = {
        "number": "12/QĐ-UBND",
        "signed_on": day,
        "effective_from": f"{LATER:%d/%m/%Y}",
        "signatory": SIGNER,
    }
    seen = clerk.post(f"{page}/xem-truoc", said)
    assert "CSDL-0001" in seen.text
    assert clerk.post(f"{page}/de-nghi", said).status_code == 422
    asked = clerk.post(f"{page}/de-nghi", {**said, "reason": "Gõ nhầm <ngày>"})
    assert asked.status_code == 302
    assert "Gõ nhầm &lt;ngày&gt;" in other.get(page).text
    named = re.search(r'name="asked" value="([0-9a-f-]+)"', other.get(page).text)[1]
    assert clerk.post(f"{page}/xac-nhan", {"asked": named}).status_code == 403
    assert other.post(f"{page}/xac-nhan", {"asked": named}).status_code == 302
    shown = other.get(page).text
    assert "Đã sửa" in shown
    assert Browser(office, Role.REGISTRAR).get(page).status_code == 403
    letter = (io.BytesIO(SIGNED_PDF), "cong-van.pdf")
    mended = {"letter": "99/UBND-VP", "letter_day": day, "signed": letter}
    assert clerk.post(f"{page}/cong-van", {"letter": ""}).status_code == 422
    assert clerk.post(f"{page}/cong-van", mended).status_code == 302
    document = office.get(signed_document(office, number)).local_id
    public = office.client().get(f"/quyet-dinh-ban-hanh/{document}").text
    assert "Công văn số 99/UBND-VP" in public
    assert "Thông tin ghi nhận đã sửa" in public
    given = re.search(
        r'href="(/quyet-dinh-ban-hanh/[^"]+/dinh-chinh/[0-9a-f]+)"', public
    )[1]
    assert office.client().get(given).data == SIGNED_PDF
    assert office.client().get(given[:-4] + "0000").status_code == 404


# -- traces


def test_issued_decisions_have_a_public_page_with_their_annex(office, basis):
    number, (entry,) = signed(office, basis, "CSDL <Một>")
    document = office.get(signed_document(office, number)).local_id
    client = office.client()

    listed = client.get("/quyet-dinh-ban-hanh").text
    assert "12/QĐ-UBND" in listed
    page = client.get(f"/quyet-dinh-ban-hanh/{document}").text
    assert "CSDL &lt;Một&gt;" in page
    assert "CSDL-0001" in page
    assert "chịu trách nhiệm thi hành Quyết định này" in page
    yesterday = TODAY - timedelta(days=1)
    earlier = client.get(f"/quyet-dinh-ban-hanh?as_of={yesterday}").text
    assert "12/QĐ-UBND" not in earlier
    past = f"/quyet-dinh-ban-hanh/{document}?as_of={yesterday}"
    assert client.get(past).status_code == 404
    assert client.get("/quyet-dinh-ban-hanh/VB-9999").status_code == 404
    address = f"/doc/csdl/{office.get(entry).local_id}"
    shown = client.get(address).text
    assert f'href="/quyet-dinh-ban-hanh/{document}"' in shown
    assert "/phieu/" not in shown
    assert "/phieu/" in Browser(office, Role.REVIEWER).get(address).text
    law_page = client.get(f"/doc/van-ban/{document}").text
    assert "Không có quyết định ban hành" in law_page


def test_the_annex_says_each_entry_once_with_its_items_and_true_counts(office, basis):
    item = database(str(office.department), str(basis))["data_items"][0]
    second = {**item, "name": {"vi": "Hạng mục hai"}}
    ones = [
        approved(office, basis, f"CSDL số {place}", data_items=[item, second][:count])
        for place, count in ((1, 1), (2, 2), (3, 2))
    ]
    number = gather(office, basis, *(number_of(office, one) for one in ones))
    clerk = Browser(office, Role.CLERK)
    page = f"/quyet-dinh/{number}"
    lock = clerk.fields(page)["lock"]
    assert clerk.post(f"{page}/chot", {"lock": lock}).status_code == 302
    document = Document(io.BytesIO(clerk.get(f"{page}/tep/quyet-dinh.docx").data))
    rows = [[cell.text for cell in row.cells] for row in document.tables[-1].rows]

    body = [row for row in rows if re.fullmatch(r"\d+", row[0])]
    assert [row[0] for row in body] == ["1", "2", "2", "3", "3"]
    assert [row[1] for row in body] == [f"CSDL-000{place}" for place in (1, 2, 2, 3, 3)]
    assert all(cell.strip() for row in body for cell in row)
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "gồm 03 cơ sở dữ liệu của 01 cơ quan chủ quản" in words
    assert "Danh mục gồm 03 cơ sở dữ liệu của 01 cơ quan chủ quản./." in words
    assert not re.search(
        r"\(cấp khi|‹|\{|CSDL ", words + str(body).replace("CSDL số", "")
    )


def test_agencies_stand_in_protocol_order_and_never_by_the_alphabet(office, basis):
    """As they record it; else offices, then sở, each by the number in its code."""
    province = office.enter("identifier-code", code("Y99"))

    def of(name, number, **more):
        content = agency(name, **{"classification": "so", **more})
        one = office.enter("agency", content)
        given = code(f"Y99.{number}", str(one), parent_code=str(province))
        office.enter("identifier-code", given)
        return office.propose(
            "shared-database", database(str(one), str(basis), title=f"CSDL của {name}")
        )

    ones = [
        of("Sở An", "12"),
        of("Sở Bình", "3"),
        of("Văn phòng", "20", classification="van-phong"),
        of("Sở Cường", "30", protocol_order=1),
    ]
    for one in ones:
        for action, who in PATH:
            office.act(one, action, who)
    number = gather(office, basis, *(number_of(office, one) for one in ones))
    freeze(office, number)
    rows = decision_of(office, number).annex["lists"][0]["agencies"]
    names = [row["name"] for row in rows]
    assert names == ["Sở Cường", "Văn phòng", "Sở Bình", "Sở An"]


def test_articles_and_clauses_are_numbered_by_the_machine():
    text = "Điều 7. Một:\n5. A\n3) B\nkhông số\n\nĐiều : Hai\n9. C"
    assert parse(text) == [
        ("Một:", ["1. A", "2. B", "không số"]),
        ("Hai", ["1. C"]),
    ]
