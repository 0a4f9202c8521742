"""Whoever types what a thing is called exactly sees that thing first; whoever asks too much is told what was found with less.

The queries are made from the demonstration itself, by rule.
"""

from urllib.parse import quote

import pytest
from people import Visitor

from app.register import codes
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import PRESENT, moment
from app.search import service
from app.search.questions import without_asking

pytestmark = pytest.mark.slow
FIRST = 3


@pytest.fixture(scope="module")
def register(demo):
    with demo.database.reading() as session:
        yield Register(session, demo.profile, moment(session))


@pytest.fixture(scope="module")
def searched(demo, register):
    everywhere = service.filters(demo.profile, {"scope": [service.EVERYWHERE]})

    def found(text):
        return service.search(register, demo.index, text, everywhere).items[:FIRST]

    return found


def databases(register):
    return register.all(Filter(("shared-database",), PRESENT))


def ids(views):
    return {view.id for view in views}


def wrong(queries, searched):
    """Return the queries whose right entry is not among the first, with what was found."""
    missed = []
    for text, right in queries:
        found = searched(text)
        if not any(view.id in right for view in found):
            missed.append((text, [view.title for view in found]))
    return missed


def test_every_data_item_leads_to_a_database_that_has_it(register, searched):
    by_name = {}
    for view in databases(register):
        for item in view.content.get("data_items", ()):
            by_name.setdefault(item["name"]["vi"], set()).add(view.id)
    assert len(by_name) >= 40

    assert wrong(by_name.items(), searched) == []


def test_every_identifier_and_address_leads_to_its_entry(register, searched):
    queries = []
    for view in [
        *databases(register),
        *register.all(Filter(("agency",), PRESENT))[:20],
    ]:
        own = {view.id}
        queries += [(view.local_id, own), (view.local_id.lower(), own), (view.iri, own)]
    assert len(queries) > 100

    assert wrong(queries, searched) == []


def test_every_code_leads_to_whoever_holds_it(register, searched):
    kept = register.all(Filter(("identifier-code",), PRESENT))[:120]
    names = [view.local_id for view in kept]
    answers = codes.resolve(register, names)
    queries = [(one.asked, ids(one.names)) for one in answers if one.names]
    assert len(queries) > 60

    assert wrong(queries, searched) == []


def test_the_databases_of_an_agency_follow_its_code(searched):
    page = searched("H19.5")

    assert page[0].title == "Sở Nội vụ"
    owner = str(page[0].id)
    assert any(view.content.get("owner") == owner for view in page[1:])


def test_every_law_is_found_by_its_number_and_as_it_is_cited(register, searched):
    laws = register.all(Filter(("legal-document",), PRESENT))
    queries = [(law.title, {law.id}) for law in laws if law.title[:1].isdigit()]
    queries += [
        (f"Nghị định số {law.title} ngày 01 tháng 01 năm 2020 của Chính phủ", {law.id})
        for law in laws
        if law.title.endswith("/NĐ-CP")
    ]
    assert len(queries) > 90

    assert wrong(queries, searched) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("STNMT", "Sở Nông nghiệp và Môi trường"),
        ("Sở TN&MT", "Sở Nông nghiệp và Môi trường"),
        ("Sở Y tế tỉnh Đồng Nai", "Sở Y tế"),
        ("NĐ47", "47/2020/NĐ-CP"),
        ("TT 39", "39/2017/TT-BTTTT"),
        ("ai quản lý dữ liệu đất đai", "Cơ sở dữ liệu đất đai"),
        ("ở đâu có dữ liệu về khoáng sản?", "Cơ sở dữ liệu khoáng sản"),
        ("đất AND đai", "Cơ sở dữ liệu đất đai"),
    ],
)
def test_what_officials_write_leads_to_what_they_mean(searched, text, title):
    assert title in [view.title for view in searched(text)]


def test_what_is_named_stands_first_once_and_is_counted(demo, register):
    everywhere = service.filters(demo.profile, {"scope": [service.EVERYWHERE]})
    seen, after = [], None
    while True:
        page = service.search(
            register, demo.index, "H19.5", everywhere, after=after, limit=2
        )
        seen += [view.id for view in page.items]
        after = page.after
        if after is None:
            break

    assert len(seen) == len(set(seen)) == page.total
    assert sum(count for _kind, count in page.facets["kind"]) == page.total


def test_a_file_of_what_was_found_has_all_of_it(demo, register):
    everywhere = service.filters(demo.profile, {"scope": [service.EVERYWHERE]})

    listed = service.ids(register, demo.index, "H19.5", everywhere)

    page = service.search(register, demo.index, "H19.5", everywhere, limit=50)
    assert set(listed) == {view.id for view in page.items}


def test_a_filter_holds_for_what_is_named_too(demo, register):
    only = service.filters(
        demo.profile, {"kind": ["shared-database"], "scope": [service.EVERYWHERE]}
    )

    page = service.search(register, demo.index, "H19.5", only)

    assert {view.kind for view in page.items} == {"shared-database"}


def test_the_page_says_with_which_words_it_found_something(demo_client):
    page = demo_client.get("/tim-kiem?q=ai+quản+lý+dữ+liệu+đất+đai").get_data(
        as_text=True
    )

    assert "Không có mục nào khớp hẳn “ai quản lý dữ liệu đất đai”." in page
    assert "Cơ sở dữ liệu <mark>đất</mark>" in page.replace(" </mark>", "</mark>") or (
        "đất đai" in page
    )


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ai quản lý dữ liệu đất đai", ["đất đai"]),
        ("ở đâu có dữ liệu về khoáng sản?", ["khoáng sản"]),
        ("đất AND đai", ["đất đai"]),
        ("đất đai", []),
        ('"ai quản lý" đất', []),
        ("owner:x abc def", []),
        ("", []),
        ("?", []),
    ],
)
def test_a_question_loses_its_question_words(text, asked):
    assert list(without_asking(text)) == asked


@pytest.mark.parametrize(
    "text", ["https://", "http://[::1/a", "/" * 500, "H" * 3000, "NĐ" + "9" * 400]
)
def test_whatever_is_typed_is_answered(office, text):
    answer = Visitor(office).get(f"/tim-kiem?q={quote(text)}")

    assert answer.status_code in {200, 400}


def test_of_an_agency_that_is_gone_its_databases_stand_first_and_say_so(demo_client):
    page = demo_client.get("/tim-kiem?q=" + quote("Sở LĐTBXH")).text

    places = [page.index(f"CSDL-00{number}") for number in (73, 74, 67, 68)]
    assert max(places[:2]) < min(places[2:])
    assert page.count("Trước đây của") == 2


def test_what_people_call_a_subject_leads_to_its_databases(demo, register):
    wanted = service.filters(demo.profile, {})
    page = service.search(register, demo.index, "sổ đỏ", wanted)

    assert page.near
    titles = [view.title for view in page.items[:FIRST]]
    assert "Cơ sở dữ liệu đất đai" in titles
