"""Texts in the letters of before Unicode are known and turned; Vietnamese in Unicode never is."""

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.documents.tables import old_letters, sheets
from app.documents.tables.old_letters import Letters, turned
from fixtures.load import DATA

TCVN3 = {said: sign for sign, said in old_letters.TCVN3_LETTERS.items()}
VNI = {said: pair for pair, said in old_letters.VNI_LETTERS.items() if pair.islower()}
WORDS = [
    *("cơ", "sở", "dữ", "liệu", "đất", "đai", "hộ", "tịch", "doanh", "nghiệp"),
    *("người", "khuyết", "tật", "thuỷ", "lợi", "quản", "lý", "bảo", "hiểm", "xã"),
    *("trường", "học", "giấy", "phép", "môi", "ý", "kiến", "ủy", "ban", "cấp", "tỉnh"),
    *("nghĩa", "trang", "ngừng", "hoạt", "động", "chuẩn", "nghèo", "quỹ", "thửa"),
]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=3, max_size=8).map(" ".join)


def written(text, table):
    return "".join(table.get(char, char) for char in text)


@settings(deadline=None)
@given(TEXTS)
def test_what_is_written_in_tcvn3_is_turned_back(text):
    old = written(text, TCVN3)
    assume(not old_letters.reads(old))
    assert turned(old) == old_letters.Turned(Letters.TCVN3, text)


@settings(deadline=None)
@given(TEXTS)
def test_what_is_written_in_vni_is_turned_back(text):
    old = written(text, VNI)
    assume(not old_letters.reads(old))
    assert turned(old).text == text


@settings(deadline=None)
@given(TEXTS)
def test_utf8_read_as_something_else_is_read_right(text):
    read = "".join(
        bytes([byte]).decode("cp1252", errors="ignore") or chr(byte)
        for byte in text.encode()
    )
    assume(read != text)
    assert turned(read) == old_letters.Turned(Letters.MOJIBAKE, text)


@settings(deadline=None)
@given(TEXTS)
def test_vietnamese_in_unicode_is_left_alone(text):
    for form in ("NFC", "NFD"):
        assert turned(unicodedata.normalize(form, text)) is None


@pytest.mark.parametrize(
    "text",
    ["Đắk Lua", "Hà Nội – 100 m²", "§ 5 ®", "Krông Pắc", "café", "Bộ Y tế ½", "QĐ-TTg"],
)
def test_signs_and_foreign_names_are_no_old_letters(text):
    assert turned(text) is None


def test_no_cell_of_the_real_data_is_taken_for_old_letters():
    count = 0
    for path in sorted(DATA.glob("*.csv")):
        for _number, cells in sheets.read(path.read_bytes()):
            count += len(cells)
            assert [cell for cell in cells if turned(cell)] == [], path.name
    assert count > 1_000


def test_the_name_of_the_font_tells_too_and_one_of_capitals_draws_capitals():
    assert turned("së", ".VnTime").text == "sở"
    assert turned("së y tÕ", ".VnTimeH").text == "SỞ Y TẾ"
    assert turned("sôû", "VNI-Times").text == "sở"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1258"])
def test_csv_is_read_in_the_encodings_that_offices_save(encoding):
    text = "sep=;\r\nTên;Cơ quan\r\nĐất đai, nhà ở;Sở Y tế\r\n"
    data = _cp1258(text) if encoding == "cp1258" else text.encode(encoding)

    assert sheets.read(data) == [
        (1, ["Tên", "Cơ quan"]),
        (2, ["Đất đai, nhà ở", "Sở Y tế"]),
    ]


def _cp1258(text):
    """Return text as windows-1258 has it: a letter, then its tone."""
    found = b""
    for char in unicodedata.normalize("NFC", text):
        try:
            found += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            found += base.encode("cp1258") + tone.encode("cp1258")
    return found


def test_a_word_that_may_be_either_is_read_as_its_column_is():
    lines = ["Tªn", "C¬ së d÷ liÖu", "hé", "Së Y tÕ", "Phßng"]
    data = "\n".join(lines).encode("cp1252")

    book = sheets.read_book(data, unicode=True)

    texts = [cells[0] for _number, cells in book.first.table]
    assert texts == ["Tên", "Cơ sở dữ liệu", "hộ", "Sở Y tế", "Phòng"]
    assert book.first.old_letters["TCVN3"][0] == 5
