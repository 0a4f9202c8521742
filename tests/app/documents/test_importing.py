import pytest
from support import agency

from app.documents.tables import importing, lookup, rows, sheets
from app.errors import DanhmucError, InvalidError, NotFoundError
from app.register.filters import Filter
from app.workflow.proposals.models import Proposal

HEAD = "name.vi,classification,sector,spatial,certainty,parent,effective_from\n"
GOOD = HEAD + "Sở Một,so,ubnd,VNM,co-quan-khai,Sở Khoa học và Công nghệ,\n"


def bring_in(office, text, kind="agency"):
    data = text if isinstance(text, bytes) else text.encode()
    with office.desk() as desk:
        return [p.number for p in importing.bring_in(desk, kind, data)]


def count(office):
    with office.system.database.reading() as session:
        return session.query(Proposal).count()


def test_every_row_of_a_good_file_becomes_a_submitted_proposal(office):
    before = count(office)

    done = bring_in(office, GOOD + "Sở Hai,so,ubnd,VNM,co-quan-khai,CQ-0001,open\n")

    assert len(done) == 2
    assert count(office) == before + 2
    with office.reading() as found:
        assert found.count(Filter()) == 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (HEAD + ",so,ubnd,VNM,co-quan-khai,,\n", "Cần nhập “Tên cơ quan”"),
        (HEAD + "x" * 301 + ",so,ubnd,VNM,co-quan-khai,,\n", "tối đa 300"),
        (HEAD + "Sở,zz,ubnd,VNM,co-quan-khai,,\n", "không có trong đó"),
        (HEAD + "Sở,so,ubnd,VNM,co-quan-khai,Sở Không Có,\n", "không có mục như vậy"),
        (HEAD + "Sở,so,ubnd,VNM,co-quan-khai,,31/13/2026\n", "năm-tháng-ngày"),
        ("lạ\nx\n", "Tên cột chưa đúng mẫu"),
        ("name.vi,contact\nSở,{\n", "JSON hợp lệ"),
        ("name.vi,homepage\nSở,javascript:alert(1)\n", "địa chỉ web"),
    ],
)
def test_a_bad_row_is_named_with_its_field_and_mend_and_nothing_is_half_done(
    office, text, word
):
    before = count(office)
    good_row = "\n" + GOOD.splitlines()[1] if text.startswith(HEAD) else ""

    with pytest.raises(InvalidError) as refused:
        bring_in(office, text.rstrip("\n") + good_row + "\n")

    assert any(word in e.message for e in refused.value.fields)
    at = "dòng 1" if text.startswith("lạ") else "dòng 2"
    assert all(e.field.startswith(at) for e in refused.value.fields)
    assert count(office) == before


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\x00", "không phải bảng tính"),
        (b'a,b\n"x', "CSV"),
        (b"x" * (sheets.MAX_BYTES + 1), "tối đa"),
        (b"a\n" + b"1\n" * (sheets.MAX_ROWS + 1), "dòng"),
    ],
)
def test_what_is_no_csv_file_is_refused_in_words(office, data, word):
    with pytest.raises(InvalidError, match=word):
        bring_in(office, data)


def test_nfd_text_is_stored_as_nfc(office):
    import unicodedata

    bring_in(office, unicodedata.normalize("NFD", GOOD))

    with office.system.database.reading() as session:
        newest = session.query(Proposal).order_by(Proposal.number.desc()).first()
        assert newest.content["name"]["vi"] == "Sở Một"


def test_script_tags_are_kept_as_text(office):
    bring_in(office, GOOD.replace("Sở Một", "<script>alert(1)</script>"))


def test_an_unknown_kind_is_refused_and_the_kinds_are_named(office):
    with pytest.raises(NotFoundError, match="shared-database"):
        bring_in(office, GOOD, kind="zz")


def test_a_title_that_two_entries_have_is_not_guessed(office):
    office.enter("agency", agency("Sở Đôi"))
    office.enter("agency", agency("Sở Đôi"))

    with pytest.raises(DanhmucError) as refused:
        bring_in(office, HEAD + "Sở,so,ubnd,VNM,co-quan-khai,Sở Đôi,\n")

    assert "có 2 mục" in refused.value.fields[0].message


def test_a_name_that_an_agency_no_longer_has_names_nobody(office):
    from datetime import date

    from app.workflow.proposals.models import ProposalType

    entry = office.enter("agency", agency("Sở Cũ"), effective_from=date(2020, 1, 1))
    office.enter(
        "agency",
        agency("Sở Đổi Tên"),
        type=ProposalType.AMEND,
        entry_id=entry,
        effective_from=date(2025, 1, 1),
    )

    kind = office.system.profile.kinds["agency"]
    with office.system.database.reading() as session:
        assert list(lookup.find(session, kind, "Sở Cũ", date(2026, 1, 1))) == []
        assert list(lookup.find(session, kind, "Sở Cũ", date(2024, 1, 1))) == [entry]
        assert list(lookup.find(session, kind, "Sở Đổi Tên", date(2026, 1, 1))) == [
            entry
        ]


@pytest.mark.parametrize(
    "text",
    [
        "Tên cơ quan,Tên cơ quan\nSở,Sở Hai\n",
        "Tên cơ quan\nSở,thừa\n",
        "Tên cơ quan,\nSở,thừa\n",
    ],
    ids=["twice", "beyond", "nameless"],
)
def test_a_cell_that_no_column_names_is_told_and_never_dropped(office, text):
    with pytest.raises(InvalidError) as refused:
        bring_in(office, text)

    assert any("Tên cột chưa đúng mẫu" in e.message for e in refused.value.fields)


def test_brackets_as_deep_as_anybody_likes_are_one_faulty_cell(office):
    kind = office.system.profile.kinds["shared-database"]
    row = rows.Row(7, {"data_items": "[" * 900 + "]" * 900})
    with (
        office.system.database.reading() as session,
        pytest.raises(InvalidError) as refused,
    ):
        rows.request(session, office.system.profile, kind, row)
    assert [found.field for found in refused.value.fields] == ["data_items"]
