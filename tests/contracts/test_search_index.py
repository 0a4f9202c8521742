"""What every search backend must do. A new backend is one more line in `BACKENDS`."""

import errno
import gc
import shutil
import unicodedata
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import IndexLostError, MalformedError, StorageFullError
from app.search import port, suggesting
from app.search.grammar import Grammar
from app.search.port import Document
from app.search.terms import Query
from catalog_schema import profile
from catalog_schema.profile import Visibility

BACKENDS = {"whoosh": lambda folder: f"whoosh:{folder}/index"}
WEIGHTS = {"title": 4.0, "description": 1.0, "value": 5.0, "identifier": 5.0}
GRAMMAR = Grammar(profile.load("https://danhmuc.example"), Visibility.PUBLIC)
FIELDS = frozenset(WEIGHTS)


def doc(number, title, description=""):
    return Document(UUID(int=number), UUID(int=100 + number), {"title": (title,), "description": (description,)})


@pytest.fixture(params=BACKENDS)
def index(request, tmp_path):
    found = port.open_index(BACKENDS[request.param](tmp_path), WEIGHTS)
    found.write([
        doc(1, "Cơ sở dữ liệu đất đai"),
        doc(2, "Cơ sở dữ liệu giao thông", "Đường trên đất liền"),
        doc(3, "Dat dai khong dau"),
        doc(4, "Mã H19.7.2 của sở"),
        doc(5, "Thủy sản", "Nuôi trồng thuỷ sản"),
    ])  # fmt: skip
    return found


def find(index, text):
    return [found.int for found in index.search(GRAMMAR.parse(text), FIELDS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đất đai", {1, 3}),
        ("dat dai", {1, 3}),
        ("ĐẤT ĐAI", {1, 3}),
        (unicodedata.normalize("NFD", "đất đai"), {1, 3}),
        ('"đất đai"', {1, 3}),
        ('"đai đất"', set()),
        ("giao", {2}),
        ("gia*", {2}),
        ("title:dat", {1, 3}),
        ("description:đất", {2}),
        ("H19.7.2", {4}),
        ("h19.7.2", {4}),
        ("khongco", set()),
        ("dat giao", {2}),
    ],
)
def test_it_finds_with_and_without_marks_words_phrases_prefixes_fields_and_codes(index, text, expected):
    assert set(find(index, text)) == expected


def test_exact_marks_rank_above_the_same_letters_without(index):
    assert find(index, "đất đai")[0] == 1


def test_a_title_ranks_above_a_description(index):
    assert find(index, "dat")[-1] == 2


def test_writing_again_replaces_and_removing_removes(index):
    index.write([doc(1, "Cơ sở dữ liệu khoáng sản")], [UUID(int=3)])

    assert find(index, "dat dai") == []
    assert find(index, "khoang san") == [1]
    assert set(index.versions()) == {UUID(int=n) for n in (1, 2, 4, 5)}


def test_fields_that_the_reader_may_not_see_are_not_searched(index):
    assert index.search(GRAMMAR.parse("đất"), frozenset({"description"})) == [UUID(int=2)]
    assert index.search(GRAMMAR.parse("title:đất"), frozenset({"description"})) == []


def test_an_empty_query_finds_nothing_by_text(index):
    assert index.search(Query(), FIELDS) == []


def test_a_cleared_index_is_empty_and_usable(index):
    index.clear()

    assert find(index, "dat") == []
    index.write([doc(1, "đất")])
    assert find(index, "dat") == [1]


def test_an_index_built_anew_takes_the_place_of_the_old_one_at_once(index):
    seen = []

    def documents():
        seen.append(find(index, "dat"))  # while it is built, searches go on in what was there
        yield doc(7, "Đất mới")

    index.rebuild(documents())

    assert seen == [[1, 3, 2]] or set(seen[0]) == {1, 2, 3}
    assert find(index, "dat") == [7]
    assert index.sound()


def test_of_equal_ones_the_smaller_identifier_comes_first_whatever_was_written_first(index):
    for number in (12, 2, 1, 10):
        document = doc(number, "Sở giống nhau")
        index.write([Document(document.id, document.version_id, {**document.texts, "identifier": (f"H0.{number}",)})])

    assert find(index, "giong nhau") == [1, 2, 10, 12]


DAMAGES = {
    "contents": lambda folder: [path.write_bytes(b"\x00") for path in folder.rglob("*.toc")],
    "gone": shutil.rmtree,
    "empty": lambda folder: [path.unlink() for path in folder.rglob("*") if path.is_file()],
    "truncated": lambda folder: [path.write_bytes(b"") for path in folder.rglob("*") if path.is_file()],
    "halved": lambda folder: [
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]) for path in files(folder)
    ],
    "overwritten": lambda folder: [
        path.write_bytes(b"\x00\xff" * (path.stat().st_size // 2)) for path in files(folder)
    ],
}


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what broke it leaves a file open
@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.parametrize("backend", list(BACKENDS))
def test_a_damaged_index_says_so_and_is_built_anew(tmp_path, backend, damage):
    index = port.open_index(BACKENDS[backend](tmp_path), WEIGHTS)
    index.write([doc(number, f"Đất số {number}") for number in range(50)])
    DAMAGES[damage](tmp_path / "index")

    with pytest.raises(IndexLostError):
        find(index, "dat")
    assert not index.sound()
    gc.collect()
    index.rebuild([doc(1, "đất")])
    assert index.sound()
    assert find(index, "dat") == [1]
    assert find(port.open_index(BACKENDS[backend](tmp_path), WEIGHTS), "dat") == [1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what broke it leaves a file open
@pytest.mark.parametrize("backend", list(BACKENDS))
def test_damage_is_seen_before_anybody_searches(tmp_path, backend):
    index = port.open_index(BACKENDS[backend](tmp_path), WEIGHTS)
    index.write([doc(1, "Đất")])
    assert find(index, "dat") == [1]
    DAMAGES["contents"](tmp_path / "index")
    assert not index.sound()
    gc.collect()


@pytest.mark.parametrize("backend", list(BACKENDS))
def test_a_rebuild_that_fails_leaves_what_was_there(tmp_path, backend):
    index = port.open_index(BACKENDS[backend](tmp_path), WEIGHTS)
    index.write([doc(1, "Đất")])
    before = len(list((tmp_path / "index").iterdir()))

    def documents():
        yield doc(2, "Đất")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFullError):
        index.rebuild(documents())
    assert index.sound()
    assert find(index, "dat") == [1]
    assert len(list((tmp_path / "index").iterdir())) == before


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=230) | st.text('"*:() ANDORT-+~[]{}^?\\/.đất', max_size=230))
def test_any_text_is_answered_or_refused_in_words(index, text):
    try:
        query = GRAMMAR.parse(text)
    except MalformedError as error:
        assert error.message
    else:
        index.search(query, FIELDS)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x" * 201, "200"),
        ('"abc', "ngoặc kép"),
        ("a*", "hai chữ cái"),
        ("*", "hai chữ cái"),
        ("khongco:abc", "khongco"),
        ("theme:ZZ", "ZZ"),
        ("a " * 30, "20 từ"),
    ],
)
def test_what_cannot_be_understood_is_said(text, word):
    with pytest.raises(MalformedError, match=word):
        GRAMMAR.parse(text)


def test_a_field_with_a_code_list_filters_by_code_or_label():
    assert GRAMMAR.parse("theme:HEAL").facts == {"theme": ("HEAL",)}
    assert GRAMMAR.parse('linh-vuc:"Y tế"').facts == {"theme": ("HEAL",)}
    assert GRAMMAR.parse('lĩnh-vực:"y te"').facts == {"theme": ("HEAL",)}


@pytest.mark.parametrize("text", ["hoà bình", "hòa bình", "HOÀ BÌNH", unicodedata.normalize("NFD", "hoà bình")])
def test_a_tone_may_stand_where_either_school_puts_it(index, text):
    index.write([doc(20, "Hòa Bình"), doc(21, "Hoá binh")])

    assert find(index, text)[0] == 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CSDL đất đai", 1),
        ("csdl dat dai", 1),
        ("TN&MT", 30),
        ("tnmt", 30),
        ("TN-MT", 30),
        ("sở tài nguyên và môi trường", 30),
        ("lao dong thuong binh va xa hoi", 31),
        ("LĐ-TB&XH", 31),
        ("giấy phép lái xe", 32),
        ("gplx", 32),
    ],
)
def test_an_abbreviation_finds_the_full_form_and_the_other_way_round(index, text, expected):
    index.write([doc(30, "Sở Tài nguyên và Môi trường"), doc(31, "Hồ sơ của Sở LĐTBXH"), doc(32, "Cấp đổi GPLX")])

    assert find(index, text)[0] == expected


def test_words_of_a_full_form_are_still_found_where_they_are_scattered(index):
    index.write([doc(40, "Phép cấp giấy cho lái xe tải")])

    assert find(index, "giấy phép lái xe") == [40]


def test_words_in_a_row_come_before_words_apart(index):
    index.write([doc(50, "Thửa của đất rừng và đất bãi", "thửa thửa đất đất"), doc(51, "Bản đồ thửa đất")])

    assert find(index, "thua dat")[0] == 51
    assert set(find(index, "thua dat")) >= {50, 51}


@pytest.mark.parametrize(
    ("text", "expected"), [("dữ liệu -giao", {1}), ('dữ liệu -"giao thông"', {1}), ("dữ liệu", {1, 2})]
)
def test_a_word_with_a_dash_before_it_must_not_be_there(index, text, expected):
    assert set(find(index, text)) == expected


def test_a_dash_inside_a_word_is_no_dash_before_it(index):
    index.write([doc(60, "Trạm BTS-07 An Bình")])

    assert find(index, "BTS-07") == [60]
    with pytest.raises(MalformedError, match="cần tìm"):
        GRAMMAR.parse("-giao")


def test_an_index_that_another_analysis_made_is_not_sound(tmp_path, monkeypatch):
    url = BACKENDS["whoosh"](tmp_path)
    port.open_index(url, WEIGHTS).write([doc(1, "Hoà")])
    assert port.open_index(url, WEIGHTS).sound()

    monkeypatch.setattr("app.search.analysis.VERSION", 99)

    assert not port.open_index(url, WEIGHTS).sound()
    assert not port.open_index(url, {**WEIGHTS, "thêm": 1.0}).sound()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dadst ddai", "dat dai"),  # Telex, with its keys left in the text
        ("ddaast ddai", "dat dai"),
        ("d9at1 d9ai", "dat dai"),  # VNI
        ("giaco thong", "giao thong"),
        ("giao thogn", "giao thong"),  # two letters changed places
        ("thuys sanr", "thuy san"),
        ("giao thông", None),  # it is there
        ("xyzzyx qqqqqqq", None),  # nothing is near
        ("gia*", None),
    ],
)
def test_words_that_are_nowhere_lead_to_what_was_meant(index, typed, meant):
    assert suggesting.meant(GRAMMAR.parse(typed), lambda: index.words(FIELDS, 1000)) == meant


def test_only_words_of_fields_that_the_reader_may_see_are_offered(index):
    assert "duong" in index.words(frozenset({"description"}), 1000)
    assert "duong" not in index.words(frozenset({"title"}), 1000)
