"""What every search backend must do. A new backend is one more line in `BACKENDS`."""

import errno
import gc
import re
import shutil
import unicodedata
from functools import cache
from uuid import UUID

import postgres
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from app.errors import (
    IndexLostError,
    MalformedError,
    StorageFullError,
    UnavailableError,
)
from app.search import opening, port, spelling
from app.search.grammar import Grammar
from app.search.port import Document, IndexQuery
from app.search.ranking import Ranking
from app.search.terms import Match, Query, Term
from catalog_schema import profile
from catalog_schema.profile import Visibility

pytestmark = pytest.mark.slow

FOLDERS = {
    "whoosh": lambda folder: f"whoosh:{folder}/index",
    "tantivy": lambda folder: f"tantivy:{folder}/index",
}
BACKENDS = {**FOLDERS, "postgresql": lambda folder: database(str(folder))}
WEIGHTS = {"title": 4.0, "description": 1.0, "value": 5.0, "identifier": 5.0}
GRAMMAR = Grammar(profile.load("https://danhmuc.example"), Visibility.PUBLIC)
PUBLIC = Visibility.PUBLIC


@cache
def database(_folder):
    return postgres.create()


def doc(number, title, description="", **more):
    texts = {
        "identifier": (f"H0.{number}",),
        "title": (title,),
        "description": (description,),
    }
    return Document(UUID(int=number), UUID(int=100 + number), texts, **more)


@pytest.fixture(params=BACKENDS)
def url(request, tmp_path):
    return BACKENDS[request.param](tmp_path)


@pytest.fixture
def index(url):
    found = opening.open_index(url, WEIGHTS)
    found.rebuild([
        doc(1, "Cơ sở dữ liệu đất đai"),
        doc(2, "Cơ sở dữ liệu giao thông", "Đường trên đất liền"),
        doc(3, "Dat dai khong dau"),
        doc(4, "Mã H19.7.2 của sở"),
        doc(5, "Thủy sản", "Nuôi trồng thuỷ sản"),
    ])  # fmt: skip
    yield found
    found.close()


def find(index, text, level=PUBLIC, **asked):
    query = GRAMMAR.parse(text)
    answer = index.search(IndexQuery(query, level, **asked), 50)
    return [found.hit.id.int for found in Ranking(query, level).best_first(answer.hits)]


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
        ("h19.7", {4}),  # a part of a code, from any of its segments on
        ("19.7", set()),
        ('"dat dai khong"', {3}),
        ('"dat dai dau"', set()),
        ("khongco", set()),
        ("dat giao", {2}),
    ],
)
def test_it_finds_with_and_without_marks_words_phrases_prefixes_fields_and_codes(
    index, text, expected
):
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


def test_what_the_reader_may_not_see_is_not_found_nor_known_nor_counted(index):
    secret = doc(
        6,
        "Mở",
        "Mật thư",
        levels={"description": Visibility.STATE},
        facts={"kind": ("k",)},
    )
    index.write([secret])

    assert find(index, "mat thu", Visibility.STATE) == [6]
    assert find(index, "description:mat", Visibility.OWNER) == [6]
    assert find(index, '"mật thư"', Visibility.OWNER) == [6]
    assert find(index, "mat*", Visibility.STATE) == [6]
    for typed in ("mat thu", '"mật thư"', "mat*", "description:mat", "mo mat"):
        assert find(index, typed) == []
        assert index.search(
            IndexQuery(GRAMMAR.parse(typed), PUBLIC, counted=("kind",)), 9
        ).counts == {"kind": []}
    assert index.known(["mat", "thu", "mo"], PUBLIC).keys() == {"mo"}
    assert index.known(["mat", "thu", "mo"], Visibility.STATE).keys() == {
        "mat",
        "thu",
        "mo",
    }


def test_facts_filter_and_are_counted_each_without_its_own_filter(index):
    index.clear()
    index.write([
        doc(1, "Đất một", facts={"kind": ("a",), "theme": ("X", "Y")}),
        doc(2, "Đất hai", facts={"kind": ("a",), "theme": ("Y",)}),
        doc(3, "Đất ba", facts={"kind": ("b",), "theme": ("Y",)}),
        doc(4, "Nước", facts={"kind": ("a",), "theme": ("Y",)}),
    ])  # fmt: skip
    asked = IndexQuery(
        GRAMMAR.parse("dat"), PUBLIC, {"kind": ("a",)}, ("kind", "theme")
    )

    answer = index.search(asked, 50)

    assert [hit.id.int for hit in answer.hits] == [1, 2]
    assert (answer.total, answer.whole) == (2, True)
    assert answer.counts == {
        "kind": [("a", 2), ("b", 1)],
        "theme": [("Y", 2), ("X", 1)],
    }
    assert index.search(asked, 1).total == 2
    assert [one.int for one in index.matching(asked)] == [1, 2]
    assert find(index, "dat", filters={"kind": ("b", "c")}) == [3]
    assert find(index, "dat", filters={"kind": ("c",)}) == []


def test_none_are_given_where_none_are_asked_for(index):
    assert index.search(IndexQuery(Query()), 0).hits == []


def test_a_cleared_index_is_empty_and_usable(index):
    index.clear()

    assert find(index, "dat") == []
    index.write([doc(1, "đất")])
    assert find(index, "dat") == [1]


def test_an_index_built_anew_takes_the_place_of_the_old_one_at_once(index):
    seen = []

    def documents():
        # while it is built, searches go on in what was there
        seen.append(find(index, "dat"))
        yield doc(7, "Đất mới")

    index.rebuild(documents())

    assert set(seen[0]) == {1, 2, 3}
    assert find(index, "dat") == [7]
    assert index.sound()


def test_of_equal_ones_the_smaller_identifier_comes_first_whatever_was_written_first(
    index,
):
    for number in (12, 2, 1, 10):
        index.write([doc(number, "Sở giống nhau")])

    assert find(index, "giong nhau") == [1, 2, 10, 12]


CONTENTS = re.compile(r"\.toc$|^meta\.json$")
DAMAGES = {
    "contents": lambda folder: [
        path.write_bytes(b"\x00")
        for path in files(folder)
        if CONTENTS.search(path.name)
    ],
    "gone": shutil.rmtree,
    "empty": lambda folder: [
        path.unlink() for path in folder.rglob("*") if path.is_file()
    ],
    "truncated": lambda folder: [
        path.write_bytes(b"") for path in folder.rglob("*") if path.is_file()
    ],
    "halved": lambda folder: [
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        for path in files(folder)
    ],
    "overwritten": lambda folder: [
        path.write_bytes(b"\x00\xff" * (path.stat().st_size // 2))
        for path in files(folder)
    ],
}


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # what broke it leaves a file open
@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.parametrize("backend", list(FOLDERS))
def test_a_damaged_index_says_so_and_is_built_anew(tmp_path, backend, damage):
    index = opening.open_index(BACKENDS[backend](tmp_path), WEIGHTS)
    index.rebuild([doc(number, f"Đất số {number}") for number in range(50)])
    DAMAGES[damage](tmp_path / "index")

    with pytest.raises(IndexLostError):
        find(index, "dat")
    assert not index.sound()
    gc.collect()
    index.rebuild([doc(1, "đất")])
    assert index.sound()
    assert find(index, "dat") == [1]
    assert find(opening.open_index(BACKENDS[backend](tmp_path), WEIGHTS), "dat") == [1]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # what broke it leaves a file open
@pytest.mark.parametrize("backend", list(FOLDERS))
def test_damage_is_seen_before_anybody_searches(tmp_path, backend):
    index = opening.open_index(BACKENDS[backend](tmp_path), WEIGHTS)
    index.rebuild([doc(1, "Đất")])
    assert find(index, "dat") == [1]
    DAMAGES["contents"](tmp_path / "index")
    assert not index.sound()
    gc.collect()


@pytest.mark.parametrize(
    "statement",
    ["DROP SCHEMA danhmuc_search CASCADE", "ALTER TABLE {} DROP COLUMN shown"],
)
def test_a_table_that_is_gone_or_another_says_so_and_is_built_anew(tmp_path, statement):
    url = BACKENDS["postgresql"](tmp_path)
    index = opening.open_index(url, WEIGHTS)
    index.rebuild([doc(number, f"Đất số {number}") for number in range(50)])
    engine = create_engine(url)
    with engine.begin() as connection:
        table = connection.scalar(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'danhmuc_search'")
        )
        connection.execute(text(statement.format(f"danhmuc_search.{table}")))
    engine.dispose()

    with pytest.raises(IndexLostError):
        find(index, "dat")
    assert not index.sound()
    index.rebuild([doc(1, "đất")])
    assert index.sound()
    assert find(index, "dat") == [1]
    index.close()


@pytest.mark.parametrize("backend", list(FOLDERS))
def test_a_rebuild_that_fails_leaves_what_was_there(tmp_path, backend):
    index = opening.open_index(BACKENDS[backend](tmp_path), WEIGHTS)
    index.rebuild([doc(1, "Đất")])
    before = len(list((tmp_path / "index").iterdir()))

    def documents():
        yield doc(2, "Đất")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFullError):
        index.rebuild(documents())
    assert index.sound()
    assert find(index, "dat") == [1]
    assert len(list((tmp_path / "index").iterdir())) == before
    index.close()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=230) | st.text('"*:() ANDORT-+~[]{}^?\\/.đất', max_size=230))
def test_any_text_is_answered_or_refused_in_words(index, text):
    try:
        query = GRAMMAR.parse(text)
    except MalformedError as error:
        assert error.message
    else:
        index.search(IndexQuery(query), 50)


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


@pytest.mark.parametrize(
    "text",
    ["hoà bình", "hòa bình", "HOÀ BÌNH", unicodedata.normalize("NFD", "hoà bình")],
)
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
def test_an_abbreviation_finds_the_full_form_and_the_other_way_round(
    index, text, expected
):
    index.write(
        [
            doc(30, "Sở Tài nguyên và Môi trường"),
            doc(31, "Hồ sơ của Sở LĐTBXH"),
            doc(32, "Cấp đổi GPLX"),
        ]
    )

    assert find(index, text)[0] == expected


def test_words_of_a_full_form_are_still_found_where_they_are_scattered(index):
    index.write([doc(40, "Phép cấp giấy cho lái xe tải")])

    assert find(index, "giấy phép lái xe") == [40]


def test_words_in_a_row_come_before_words_apart(index):
    index.write(
        [
            doc(50, "Thửa của đất rừng và đất bãi", "thửa thửa đất đất"),
            doc(51, "Bản đồ thửa đất"),
        ]
    )

    assert find(index, "thua dat")[0] == 51
    assert set(find(index, "thua dat")) >= {50, 51}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("dữ liệu -giao", {1}), ('dữ liệu -"giao thông"', {1}), ("dữ liệu", {1, 2})],
)
def test_a_word_with_a_dash_before_it_must_not_be_there(index, text, expected):
    assert set(find(index, text)) == expected


def test_a_dash_inside_a_word_is_no_dash_before_it(index):
    index.write([doc(60, "Trạm BTS-07 An Bình")])

    assert find(index, "BTS-07") == [60]
    with pytest.raises(MalformedError, match="cần tìm"):
        GRAMMAR.parse("-giao")


def test_an_index_that_another_analysis_made_is_not_sound(url, index, monkeypatch):
    assert index.sound()

    monkeypatch.setattr("app.search.analysis.VERSION", 99)

    for weights in (WEIGHTS, {**WEIGHTS, "thêm": 1.0}):
        other = opening.open_index(url, weights)
        assert not other.sound()
        other.close()


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
        ("lien duongg", "lien duong"),
        ("gia*", None),
    ],
)
def test_words_that_are_nowhere_lead_to_what_was_meant(index, typed, meant):
    found = spelling.likely(
        GRAMMAR.parse(typed), lambda words: index.known(words, PUBLIC)
    )

    assert found[:1] == ([meant] if meant else [])


def test_a_beginning_in_a_field_whose_name_has_two_words(index):
    named = Document(
        UUID(int=90),
        UUID(int=1),
        {"identifier": ("H0.90",), "data_items.name": ("Thửa ruộng",)},
    )
    index.write([named])
    asked = Query((Term(Match.PREFIX, ("thua",), "data_items.name"),))

    assert [hit.id.int for hit in index.search(IndexQuery(asked), 9).hits] == [90]


def test_versions_of_some(index):
    assert index.versions([UUID(int=1), UUID(int=99)]) == {UUID(int=1): UUID(int=101)}
    assert len(index.versions()) == 5


def test_what_has_ended_comes_after_what_is_in_force_but_is_found(index):
    index.write(
        [
            doc(70, "Sở Cũ", facts={port.STATE: ("ended",)}),
            doc(71, "Sở Cũ kỹ", facts={port.STATE: ("in-force",)}),
        ]
    )

    assert find(index, "sở cũ") == [70, 71]  # its whole name is what was typed
    assert find(index, "cu so") == [71, 70]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("hieuluc:2025", "2025-01-01", "2025-12-31"),
        ("hieu-luc:2025..2026", "2025-01-01", "2026-12-31"),
        ("hiệu-lực:02/2024", "2024-02-01", "2024-02-29"),
        ("hieuluc:2024-02..", "2024-02-01", "9999-12-31"),
        ("hieuluc:..31/12/2020", "0001-01-01", "2020-12-31"),
    ],
)
def test_a_span_of_days_in_words_of_the_grammar(text, first, last):
    (span,) = GRAMMAR.parse(text).days.values()
    assert [day.isoformat() for day in span] == [first, last]


@pytest.mark.parametrize(
    "text",
    [
        "hieuluc:abc",
        "hieuluc:2025-13",
        "hieuluc:2026..2025",
        "hieuluc:..",
        "hieuluc:1-2-3-4",
        "hieuluc:99999",
    ],
)
def test_days_that_are_none_are_refused_in_words(text):
    if text == "hieuluc:..":
        assert GRAMMAR.parse(text).days
    else:
        with pytest.raises(MalformedError, match="ngày"):
            GRAMMAR.parse(text)


def test_what_has_a_digit_before_its_colon_is_a_code_and_no_field(index):
    index.write([doc(80, "QCVN 102:2016/BTTTT")])

    assert find(index, "QCVN 102:2016/BTTTT") == [80]
    assert find(index, "qcvn 102") == [80]


def test_the_first_and_all_that_match_are_the_same_at_each_question(index):
    index.rebuild([doc(number, f"Đất số {number}") for number in range(300)])
    asked = IndexQuery(GRAMMAR.parse("dat"))

    first, every = index.search(asked, 100), index.matching(asked)

    assert (
        {hit.id for hit in index.search(asked, 100).hits}
        == {hit.id for hit in first.hits}
        <= set(every)
    )
    assert index.matching(asked) == every
    assert (len(every), len(set(every)), first.total, len(first.hits)) == (
        300,
        300,
        300,
        100,
    )


def test_a_write_makes_no_index_so_that_none_is_taken_for_whole(url):
    index = opening.open_index(
        f"{url}-other" if ":" in url and not url.startswith("postgresql") else url,
        {"neu": 1.0},
    )

    with pytest.raises(IndexLostError):
        index.write([doc(1, "Đất")])
    assert not index.sound()
    index.close()


def test_an_index_of_other_fields_is_not_read(url, index):
    other = opening.open_index(url, {**WEIGHTS, "thêm": 1.0})

    with pytest.raises(IndexLostError):
        find(other, "dat")
    assert find(index, "dat")  # nobody is told that it is broken
    assert index.sound()
    other.close()


@pytest.mark.parametrize("level", list(Visibility))
def test_a_filter_that_allows_nothing_finds_nothing_for_any_reader(index, level):
    index.write([doc(1, "Đất", facts={"theme": ("X",)})])

    assert (
        index.search(
            IndexQuery(GRAMMAR.parse("dat"), level, {"theme": ()}, ("theme",)), 9
        ).hits
        == []
    )


def test_a_long_phrase_late_in_a_long_text_is_found(index):
    index.write(
        [
            doc(
                95,
                "Dài",
                " ".join(f"tu{number}" for number in range(900)) + " ba bon nam",
            )
        ]
    )

    assert find(index, '"ba bon nam"') == [95]


def test_of_many_the_one_that_is_named_just_so_comes_first(index):
    index.write([doc(number, f"Trang {number}") for number in range(100, 320)])
    index.write([doc(999, "Cơ sở dữ liệu trang")])

    assert find(index, "trang")[0] == 999


def test_a_phrase_that_must_not_be_there_leaves_what_only_has_its_words(index):
    index.write([doc(96, "Mia bap", "bap lua"), doc(97, "Mia bap lua")])

    assert find(index, 'mia -"mia bap lua"') == [96]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("-theme:HEAL dat", "Dấu trừ"),
        ("-hieuluc:2025 dat", "Dấu trừ"),
        ("hieuluc:2025.. hieuluc:..2024 a", "ngày nào chung"),
    ],
)
def test_what_would_be_taken_for_its_opposite_is_refused(text, word):
    with pytest.raises(MalformedError, match=word):
        GRAMMAR.parse(text)


def test_spans_of_days_for_one_field_are_what_they_share():
    (span,) = GRAMMAR.parse("hieuluc:2024.. hieuluc:..2025").days.values()
    assert [day.isoformat() for day in span] == ["2024-01-01", "2025-12-31"]


@pytest.mark.parametrize("value", ["Đang dùng", "Chưa có hiệu lực"])
def test_a_field_that_two_kinds_share_takes_the_values_of_both(value):
    assert GRAMMAR.parse(f'status:"{value}"').facts["status"]


@pytest.mark.nightly("search")
def test_a_question_that_reads_too_much_is_refused_and_the_next_one_answered(tmp_path):
    words = [f"{one}{two}" for one in "mnpr" for two in "aeiou"]
    index = opening.open_index(FOLDERS["whoosh"](tmp_path), WEIGHTS)
    index.rebuild(
        doc(number, " ".join(f"{word}{number:04}" for word in words))
        for number in range(2000)
    )

    with pytest.raises(UnavailableError, match="thu hẹp"):
        find(index, " ".join(f"{word}*" for word in words))
    assert find(index, "ma0007") == [7]
    index.close()
