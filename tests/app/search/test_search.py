"""The search page and what hangs on it: marks, filters, orders, files, a feed, suggestions, access."""

import csv
import io
import re
import unicodedata
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import Browser
from province import settled
from rdflib import Graph, URIRef
from sqlalchemy import select
from support import agency, database

from app import clock
from app.documents.tables import sheets
from app.notify.models import Letter
from app.permissions import Role
from app.register.filters import Filter
from app.register.standing import State
from app.search import service as search
from app.search.grammar import grammar_of
from app.search.highlighting import Marking
from app.search.news import news
from app.workflow.proposals.models import ProposalType
from catalog_schema.profile import Visibility

pytestmark = pytest.mark.slow


@pytest.fixture
def found(office):
    basis = str(office.law())
    for title, theme, more in (
        ("Cơ sở dữ liệu đất đai", "ENVI", {}),
        (
            "Cơ sở dữ liệu giá đất",
            "ECON",
            {"illustrative": True, "certainty": "minh-hoa"},
        ),
        (
            "Cơ sở dữ liệu hộ tịch",
            "JUST",
            {"evidence": "Tờ trình bimatmat", "keyword": ["hộ tịch"]},
        ),
    ):
        content = database(
            str(office.department), basis, title=title, theme=[theme], **more
        )
        if "hộ tịch" in title:
            content |= {"description": {"vi": "Sự kiện"}, "purpose": {"vi": "Đăng ký"}}
            content["data_items"][0] |= {
                "name": {"vi": "Khai sinh"},
                "meaning": {"vi": "Việc sinh"},
            }
        office.enter("shared-database", content)
    office.system.follow()
    return office


def titles(body):
    results = body.partition('class="dm-hits')[2].partition("</form>")[0]
    links = re.findall(r'<(?:h3|div)>\s*<a class="govuk-link"[^>]*>(.*?)</a>', results)
    return [re.sub("</?mark>", "", link) for link in links]


def test_what_was_found_is_marked_in_title_and_passages_in_its_own_letters(found):
    page = found.client().get("/tim-kiem?q=thua+dat&kind=shared-database").text

    assert (
        "Nội dung dữ liệu › Tên: <span><mark>Thửa đất</mark></span>" in page
        or "<mark>Thửa đất</mark>" in page
    )
    page = (
        found.client()
        .get("/tim-kiem", query_string={"q": unicodedata.normalize("NFD", "hộ tịch")})
        .text
    )
    assert "Cơ sở dữ liệu <mark>hộ tịch</mark>" in page


@pytest.mark.parametrize(
    ("text", "typed", "parts"),
    [
        (
            "Cơ sở dữ liệu đất đai",
            "dat dai",
            [("Cơ sở dữ liệu ", False), ("đất đai", True)],
        ),
        (
            "Hoà Bình, hòa bình",
            "hoà",
            [("Hoà", True), (" Bình, ", False), ("hòa", True), (" bình", False)],
        ),
        ("Đất", "đất*", [("Đất", True)]),
        ("CSDL nhà", "cơ sở dữ liệu", [("CSDL", True), (" nhà", False)]),
        ("đất của đai", '"đất đai"', [("đất của đai", False)]),
        ("<b>đất</b>", "dat", [("<b>", False), ("đất", True), ("</b>", False)]),
        ("đất", "description:đất", [("đất", False)]),
        ("đất", "title:đất", [("đất", True)]),
        ("", "đất", []),
    ],
)
def test_marks_stand_where_the_letters_are(profile, text, typed, parts):
    query = grammar_of(profile, Visibility.PUBLIC).parse(typed)

    assert Marking(query).parts(text, "title") == parts
    assert (
        "".join(
            part
            for part, _ in Marking(query).parts(
                unicodedata.normalize("NFD", text), "title"
            )
        )
        == text
    )


@pytest.fixture
def profile(office):
    return office.system.profile


def test_facets_count_with_every_filter_but_their_own_with_words_and_without(found):
    with found.reading() as register:
        for text in ("dat", ""):
            wanted = Filter(("shared-database",), facts={"theme": ("ECON",)})
            given = search.search(register, found.system.index, text, wanted)
            themes = dict(given.facets["theme"])
            assert given.total == 1
            assert themes == (
                {"ENVI": 1, "ECON": 1} if text else {"ENVI": 1, "ECON": 1, "JUST": 1}
            )
            assert dict(given.facets["kind"]) == {"shared-database": 1}


def test_a_chosen_value_stays_in_the_form_though_nothing_matches_and_a_filter_to_drop_is_named(
    found,
):
    page = found.client().get("/tim-kiem?q=ho+tich&theme=ECON&theme=ENVI").text

    assert "0 kết quả" in page
    assert len(re.findall(r'name="theme"[^>]*checked', page)) == 2
    assert re.search(r"Bỏ bộ lọc “[^”]+, [^”]+” thì có\s*<a[^>]*>1 kết quả", page)
    link = re.search(r'thì có\s*<a[^>]*href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert titles(found.client().get(link).text) == ["Cơ sở dữ liệu hộ tịch"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("relevance", "Cơ sở dữ liệu đất đai"),
        ("title", "Cơ sở dữ liệu đất đai"),
        ("recorded", "hộ tịch"),
    ],
)
def test_results_stand_in_the_order_that_was_asked_for(found, sort, first):
    query = "q=co+so+du+lieu+dat" if sort != "recorded" else "q=co+so+du+lieu"
    shown = titles(
        found.client().get(f"/tim-kiem?{query}&kind=shared-database&sort={sort}").text
    )

    assert first in shown[0]
    assert len(shown) == (2 if sort != "recorded" else 3)
    assert found.client().get("/tim-kiem?q=dat&sort=khong-co").status_code == 200


def test_an_order_of_a_list_goes_on_where_its_page_ends(found):
    with found.reading() as register:
        for sort in search.Sort:
            seen, after = [], None
            while True:
                given = search.search(
                    register,
                    found.system.index,
                    "co so",
                    Filter(),
                    after=after,
                    limit=2,
                    sort=sort,
                )
                seen += [view.title for view in given.items]
                after = given.after
                if after is None:
                    break
            assert len(seen) == len(set(seen)) == given.total


def test_days_narrow_what_words_find(found):
    with found.reading() as register:

        def titles_of(text):
            return {
                view.title
                for view in search.search(
                    register, found.system.index, text, Filter()
                ).items
            }

        every = {
            "Cơ sở dữ liệu đất đai",
            "Cơ sở dữ liệu giá đất",
            "Cơ sở dữ liệu hộ tịch",
        }
        begun = {view.valid_from for view in register.all(Filter(("shared-database",)))}
        year = max(begun).year
        assert every <= titles_of(f"co so du lieu hieuluc:{year}")
        assert titles_of("co so du lieu hieuluc:1990..1991") == set()
        assert every <= titles_of(f"capnhat:{clock.today().isoformat()}")
        assert titles_of("capnhat:..2000") == set()
        assert "1/2026/QĐ-UBND" in titles_of("ngay-ban-hanh:2026")
        assert titles_of("ngay-ban-hanh:..2025 quyet dinh") == set()


def test_the_register_of_another_day_is_searched_as_it_stood(found):
    assert "Cơ sở dữ liệu đất đai" in titles(
        found.client().get("/tim-kiem?q=dat+dai").text
    )
    with found.reading(clock.today() - timedelta(days=400)) as register:
        given = search.search(
            register, found.system.index, "dat dai", Filter(states=(State.IN_FORCE,))
        )
        assert given.items == []


def test_all_that_was_found_comes_as_files(found):
    client, query = found.client(), "q=co+so+du+lieu&kind=shared-database"

    rows = list(
        csv.reader(
            io.StringIO(client.get(f"/tim-kiem.csv?{query}").data.decode("utf-8-sig"))
        )
    )
    assert [row[2] for row in rows[1:]] == [
        "Cơ sở dữ liệu đất đai",
        "Cơ sở dữ liệu giá đất",
        "Cơ sở dữ liệu hộ tịch",
    ]
    assert [row[7] for row in rows[1:]] == ["", "minh họa", ""]
    book = client.get(f"/tim-kiem.xlsx?{query}")
    assert "attachment" in book.headers["Content-Disposition"]
    assert any(
        "Cơ sở dữ liệu hộ tịch" in str(row)
        for table in [sheets.read(book.data)]
        for row in table
    )
    for extension, form in (("ttl", "turtle"), ("jsonld", "json-ld")):
        graph = Graph().parse(
            data=client.get(f"/tim-kiem.{extension}?{query}").data, format=form
        )
        assert (
            URIRef("https://danhmuc.example/id/csdl/CSDL-0003"),
            None,
            None,
        ) in graph
        assert "bimat" not in graph.serialize()
    assert client.get(f"/tim-kiem.pdf?{query}").status_code == 404
    assert client.get("/tim-kiem.csv?q=%22").status_code == 400


def test_a_search_is_followed_as_a_feed_newest_first(found):
    feed = found.client().get("/tim-kiem.atom?q=dat&kind=shared-database")

    assert feed.content_type.startswith("application/atom+xml")
    assert re.findall(r"<title>(Cơ sở[^<]+)</title>", feed.text) == [
        "Cơ sở dữ liệu giá đất",
        "Cơ sở dữ liệu đất đai",
    ]
    assert (
        '<link rel="self" href="https://danhmuc.example/tim-kiem.atom?q=dat&amp;kind=shared-database" />'
        in feed.text
    )


def test_suggestions_lead_to_entries_agencies_items_and_what_was_meant(found):
    found.enter("agency", agency("Sở Địa chính"))
    found.system.follow()
    client = found.client()

    def suggested(text):
        return {
            (row["text"].split(" (")[0], row["what"])
            for row in client.get("/goi-y", query_string={"q": text}).json
        }

    assert ("Cơ sở dữ liệu hộ tịch", "Cơ sở dữ liệu dùng chung") in suggested("ho ti")
    assert ("Sở Địa chính", "Cơ quan, đơn vị") in suggested("so dia ch")
    assert ("Thửa đất", "Trường dữ liệu") in suggested("thua d")
    assert ("dat dai", "Từ gần nhất") in suggested("dadst ddai")
    assert (
        suggested("h")
        == suggested("")
        == suggested('"')
        == suggested("xyzzyx qqq")
        == set()
    )
    item = next(
        row
        for row in client.get("/goi-y?q=thua").json
        if row["what"] == "Trường dữ liệu"
    )
    assert titles(client.get(item["href"]).text)


def test_why_a_result_stands_where_it_does_is_told_to_the_department_only(found):
    path = "/tim-kiem?q=dat+dai&explain=1"

    assert "Vì sao ở vị trí này" not in found.client().get(path).text
    assert "Vì sao ở vị trí này" not in Browser(found, Role.REGISTRAR).get(path).text
    page = Browser(found, Role.APPROVER).get(path).text
    assert "Vì sao ở vị trí này" in page
    assert (
        "đúng cả tên hoặc mã (Tên)" in page
        or "đúng cả tên hoặc mã (Tên cơ sở dữ liệu)" in page
    )


def test_what_state_agencies_may_see_is_found_by_those_who_are_logged_in_and_leaks_nowhere(
    found,
):
    public, official = found.client(), Browser(found, Role.REGISTRAR)

    for path in (
        "/tim-kiem?q=bimatmat",
        "/tim-kiem?q=bimat*",
        "/tim-kiem?q=bimatmatt",
    ):
        assert "0 kết quả" in public.get(path).text
        assert "bimatmat" not in re.sub(
            r'(value|href)="[^"]*"|“[^”]*”|<title>.*?</title>',
            "",
            public.get(path).text,
        )
    # with a word less something is found: the same as beside a word that is nowhere
    secret, nowhere = (
        public.get(f"/tim-kiem?q=ho+tich+{word}").text
        for word in ("bimatmat", "xyzzyxq")
    )
    assert titles(secret) == titles(nowhere)
    assert re.findall(r"theo các từ: <strong[^>]*>([^<]*)", secret) == ["ho tich"]
    assert public.get("/goi-y?q=bimat").json == []
    assert "CSDL-" not in public.get("/tim-kiem.csv?q=bimatmat").text
    assert "/csdl/" not in public.get("/tim-kiem.atom?q=bimatmat").text
    assert titles(official.get("/tim-kiem?q=bimatmat").text) == [
        "Cơ sở dữ liệu hộ tịch"
    ]
    assert "<mark>bimatmat</mark>" in official.get("/tim-kiem?q=bimatmat").text
    assert "bimatmat" not in official.get("/tim-kiem.ttl?q=bimatmat").text


HOSTILE = [
    "*" * 10_000,
    "(" * 5000 + ")" * 5000,
    "NOT " * 3000,
    "-" * 200,
    '"' * 100,
    "a* " * 60,
    "\x00\x01\ufeff\u202e",
    "[a TO z]",
    "x:[* TO *]",
    "thanh~9",
    "?*a*?",
    "title:" * 30,
    "hieuluc:0001..9999",
    "hieuluc:9999999999",
    "\ud800",
    "’ OR 1=1 --",
    "{{7*7}}",
    "' & | ! ( :*",
    "a:b:c:d",
    "𝔡𝔞𝔱 𝔡𝔞𝔦",
    "ﬁ ﬀ",
    "e\u0301" * 90,
    "\\" * 150,
    "đ" * 200,
    "1" * 200,
    "_ _ _",
    "AND OR",
]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_asked_is_answered_or_refused_in_words(found, text):
    client = found.client()
    for path in (
        "/tim-kiem",
        "/goi-y",
        "/tim-kiem.csv",
        "/tim-kiem.atom",
        "/api/v1/entries",
    ):
        answer = client.get(
            path, query_string={"q": text.encode("utf-8", "surrogatepass")}
        )
        assert answer.status_code in (200, 400, 422), path


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=260) | st.text('"*:()-.. hieuluc2025title:đấtda', max_size=230))
def test_any_text_at_all(found, text):
    client = found.client()
    page = client.get(
        "/tim-kiem", query_string={"q": text.encode("utf-8", "surrogatepass")}
    )

    assert page.status_code in (200, 400)
    assert (
        client.get(
            "/goi-y", query_string={"q": text.encode("utf-8", "surrogatepass")}
        ).status_code
        == 200
    )


def test_an_agency_that_took_the_place_of_another_is_found_by_the_old_name_with_its_databases(
    office,
):
    old = office.enter("agency", agency("Sở Ruộng rẫy"))
    new = office.enter("agency", agency("Sở Nông lâm"))
    office.enter(
        "shared-database",
        database(str(new), str(office.law()), title="Cơ sở dữ liệu giống"),
    )
    office.system.follow()
    again = agency("Sở Ruộng rẫy", successor=[str(new)])
    office.enter("agency", again, entry_id=old, type=ProposalType.AMEND)
    office.system.follow()

    with office.reading() as register:
        given = search.search(register, office.system.index, "so ruong ray", Filter())
        shown = [view.title for view in given.items]
    assert set(shown[:2]) == {"Sở Ruộng rẫy", "Sở Nông lâm"}
    assert "Cơ sở dữ liệu giống" in shown  # it is found by its owner's former name


def test_a_search_that_is_kept_tells_by_letter_what_is_new_in_it(found):
    registrar = Browser(found, Role.REGISTRAR)
    page = registrar.get("/tim-kiem?q=dat&kind=shared-database&sort=title").text
    asked = re.search(r'name="asked" value="([^"]+)"', page)[1].replace("&amp;", "&")
    assert asked == "q=dat&kind=shared-database"

    for _twice in range(2):
        assert registrar.post("/tim-kiem/luu", {"asked": asked}).status_code == 302
    page = registrar.get("/thong-bao").text
    assert page.count('href="/tim-kiem?q=dat&amp;kind=shared-database"') == 1
    number = re.search(r'name="number" value="(\d+)"', page)[1]
    assert 'name="asked"' not in found.client().get("/tim-kiem?q=dat").text

    def letters():
        with found.system.database.reading() as session:
            return [
                one.text
                for one in session.scalars(
                    select(Letter).where(Letter.key.startswith("search"))
                )
            ]

    tomorrow = clock.now() + timedelta(days=1)
    with clock.frozen(tomorrow):
        for _twice in range(2):
            found.system.follow()
    (text,) = letters()
    assert "Cơ sở dữ liệu giá đất" in text
    assert "hộ tịch" not in text
    assert "https://danhmuc.example/tim-kiem?q=dat&kind=shared-database" in text
    with clock.frozen(tomorrow + timedelta(days=1)):
        found.system.follow()
    assert len(letters()) == 1  # nothing is new

    registrar = Browser(found, Role.REGISTRAR)  # the days that went by ended the log-in
    other = Browser(found, Role.REVIEWER)
    other.post("/tim-kiem/bo-luu", {"number": number})
    assert "Chưa lưu tìm kiếm nào" not in registrar.get("/thong-bao").text
    registrar.post("/tim-kiem/bo-luu", {"number": number})
    assert "Chưa lưu tìm kiếm nào" in registrar.get("/thong-bao").text


def test_searches_that_are_kept_have_a_limit_that_is_said(found):
    registrar = Browser(found, Role.REGISTRAR)
    for number in range(31):
        answer = registrar.post("/tim-kiem/luu", {"asked": f"q={number}"})

    assert answer.status_code == 422
    assert "Đã lưu 30 tìm kiếm" in answer.text
    assert (
        registrar.post("/tim-kiem/luu", {"asked": "q=" + "x" * 3000}).status_code == 422
    )
    assert registrar.post(
        "/tim-kiem/luu", {"asked": "a=b&\x00&&&=%ff"}
    ).status_code in (302, 422)


def test_the_department_keeps_names_and_sees_first_what_searches_will_find(found):
    reviewer, names = Browser(found, Role.REVIEWER), "hộ tịch\nHTDS"

    assert "0 kết quả" in found.client().get("/tim-kiem?q=htds").text
    page = reviewer.post("/ten-goi", {"names": names, "preview": "1"}).text
    assert re.search(
        r'lang="vi">HTDS</th><td[^>]*>0</td><td[^>]*>1</td><td[^>]*>Cơ sở dữ liệu hộ tịch</td>',
        page,
    )
    # it was only shown
    assert "0 kết quả" in found.client().get("/tim-kiem?q=htds").text
    assert reviewer.post("/ten-goi", {"names": names}).status_code == 302
    assert titles(found.client().get("/tim-kiem?q=htds").text) == [
        "Cơ sở dữ liệu hộ tịch"
    ]
    assert "hộ tịch = HTDS" in reviewer.get("/ten-goi").text

    for text, word in (
        ("một tên", "từ hai đến"),
        ("a\n***", "không có chữ"),
        ("x" * 101 + "\ny", "quá dài"),
        ("", "hai"),
    ):
        answer = reviewer.post("/ten-goi", {"names": text})
        assert answer.status_code == 422
        assert word in answer.text
        # nothing that was typed is lost
        assert all(line in answer.text for line in text.split("\n"))
    group = re.search(r'name="group" value="(\d+)"', reviewer.get("/ten-goi").text)[1]
    assert (
        Browser(found, Role.REGISTRAR).post("/ten-goi/bo", {"group": group}).status_code
        == 403
    )
    for _twice in range(2):
        assert reviewer.post("/ten-goi/bo", {"group": group}).status_code == 302
    assert "0 kết quả" in found.client().get("/tim-kiem?q=htds").text


@pytest.mark.parametrize(
    "query",
    [
        "q=dat&owner=abc",
        "q=dat&owner=%00",
        "q=dat&theme=%00",
        "theme=" + "x" * 3000,
        "q=dat&after=" + "9" * 5000,
        "after=-1&q=a",
    ],
)
def test_an_address_that_nobody_was_given_is_refused_in_words(found, query):
    answer = found.client().get(f"/tim-kiem?{query}")

    assert answer.status_code == 400
    assert "govuk-error-summary" in answer.text or "<h1" in answer.text


def test_words_that_were_guessed_lead_on_to_the_next_page_and_to_the_same_files(found):
    page = found.client().get("/tim-kiem?q=dadst&kind=shared-database").text

    assert "Từ gần nhất" in page
    link = re.search(r'href="(/tim-kiem.csv[^"]+)"', page)[1].replace("&amp;", "&")
    assert found.client().get(link).text.count("CSDL-") >= len(titles(page)) > 0


def test_page_order_and_files_agree_on_what_a_phrase_finds(found):
    basis = str(found.law("2/2026/QĐ-UBND"))
    content = database(
        str(found.department),
        basis,
        title="Cơ sở dữ liệu xoài cát",
        keyword=["cát hòa lộc"],
    )
    found.enter("shared-database", content)
    found.system.follow()
    client = found.client()

    for sort in ("relevance", "title", "recorded"):
        assert (
            titles(client.get(f"/tim-kiem?q=%22xoai+cat+hoa%22&sort={sort}").text) == []
        )
    assert client.get("/tim-kiem.csv?q=%22xoai+cat+hoa%22").text.count("CSDL-") == 0
    assert titles(client.get("/tim-kiem?q=%22xoai+cat%22").text) == [
        "Cơ sở dữ liệu xoài cát"
    ]


def test_a_kept_search_follows_an_agency_to_who_came_after_it(office):
    place = settled(office)
    one, two, new = (place.agencies[name] for name in ("Sở Một", "Sở Hai", "Sở Mới"))
    (entry,) = place.databases(one, 1)
    days = (clock.today() - timedelta(days=1), clock.today())

    def told():
        system = office.system
        system.follow()
        with system.database.reading() as session:
            return news(system.profile, system.index, session, f"q=&owner={one}", days)[
                1
            ]

    assert [view.id for view in told()] == [entry]
    place.succeed("sap-nhap", [one, two], [new])
    assert [view.id for view in told()] == [entry]
