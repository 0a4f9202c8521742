"""Every page that shows a law or a code says how it stands on the day asked about, as the data files have it.

The test computes each state by itself from the files; no page shows a lapsed law or a closed code as in force.
"""

import csv
import re
from datetime import date
from html import unescape

import pytest
from conftest import ROOT
from sqlalchemy import select
from support import copied

from app.accounts import service, sessions
from app.factory import create_app
from app.permissions import Role
from app.workflow.proposals.lifecycle import OPEN, Status
from app.workflow.proposals.models import Proposal
from catalog_schema.profile import DATABASE
from fixtures.load import email

pytestmark = pytest.mark.slow
DATA = ROOT / "fixtures" / "reference"
TODAY = date.today()  # noqa: DTZ011 - as the server's
DAYS = [None, date(2025, 10, 21), date(2021, 12, 31), date(1990, 1, 1)]
TAG = r'<strong class="govuk-tag [a-z-]+">([^<]*)</strong>'
# a list: the link, and beneath it the tag
LISTED = re.compile(
    r'href="[^"]*/doc/van-ban/(VB-\d+)[^"]*"[^>]*>.*?</h\d>\s*<p[^>]*>\s*' + TAG
)
DATABASES = [f"/doc/csdl/CSDL-{number:04}" for number in range(54, 88 + 12)]
OWN = re.compile(
    r"<h1.*?</h1>\s*(?:<p[^>]*><strong>[^<]*</strong></p>\s*)?<p[^>]*>\s*" + TAG,
    re.DOTALL,
)
CITED = re.compile(
    r'<a class="govuk-link" href="[^"]*/doc/van-ban/(VB-\d+)[^"]*"[^>]*>[^<]*</a>'
    r'(?: <span class="app-meta">\(([^<]*)\)</span>)?'
)


def read(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_of(text):
    return date.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def laws():
    """The laws of the file by the identifiers that they get, in order."""
    return {
        f"VB-{number:04}": row
        for number, row in enumerate(read("legal_documents.csv"), start=1)
    }


def expected(row, day):
    """Return how a law of the file stands on a day, as a person would read it there."""
    day = day or TODAY
    start, end = day_of(row["in_force_from"]), day_of(row["in_force_to"])
    begun = start or day_of(row["issued"])
    if end and end <= day:
        return f"Hết hiệu lực từ {end:%d/%m/%Y}"
    if begun and day < begun:
        return f"Có hiệu lực từ {start:%d/%m/%Y}" if start else "Chưa có hiệu lực"
    if row["status"] == "chua-xac-dinh" or (start is None and day < TODAY):
        return "Chưa xác định hiệu lực"
    if row["status"] == "het-hieu-luc" and end is None:
        return "Hết hiệu lực"
    return "Đang hiệu lực"


def main_of(client, path, day):
    if day is not None:
        path += "&" if "?" in path else "?"
        path += f"as_of={day}"
    answer = client.get(path, base_url="http://127.0.0.1:5000")
    assert answer.status_code == 200, path
    return unescape(re.search(r"<main.*</main>", answer.text, re.DOTALL)[0])


def shown(client, laws, day, proposals=()):
    """Yield (page, law, what is said of it) for every law on every page crawled."""
    pages = ["/"]
    pages += [f"/tim-kiem?kind=legal-document&page={place}" for place in range(1, 6)]
    pages += ["/tim-kiem?q=chia+sẻ+dữ+liệu", "/tim-kiem?q=47/2020"]
    for path in pages:
        for law, said in LISTED.findall(main_of(client, path, day)):
            yield path, law, said
    for law in laws:
        page = main_of(client, f"/doc/van-ban/{law}", day)
        yield law, law, OWN.search(page)[1]
        for cited, said in CITED.findall(page):
            if cited != law:  # the way back to today
                yield law, cited, said
    for path in [*DATABASES, *proposals]:
        for cited, said in CITED.findall(main_of(client, path, day)):
            yield path, cited, said


def wrong(client, laws, day, proposals=()):
    """Return what is said otherwise than the file has it; a citation says nothing of what stands."""
    found, seen = [], 0
    for page, law, said in shown(client, laws, day, proposals):
        seen += 1
        right = expected(laws[law], day)
        if said.startswith("Hết hiệu lực") or right.startswith("Hết hiệu lực"):
            if not said.startswith(right):
                found.append((page, law, said, right))
        elif said and said != right:
            found.append((page, law, said, right))
    assert seen > len(laws)
    return found


@pytest.mark.parametrize("day", DAYS)
def test_every_law_is_shown_as_it_stands_on_the_day(demo_client, laws, day):
    assert wrong(demo_client, laws, day) == []


@pytest.fixture(scope="module")
def reviewer(demo_folder, tmp_path_factory):
    """A browser of the department's reviewer, of a copy, and the pages of what is examined."""
    system = copied(demo_folder, tmp_path_factory.mktemp("reviewed") / "copy")
    client = create_app(system).test_client()
    examined = sorted(OPEN - {Status.DRAFT})
    with system.database.transaction() as session:
        person = service.find(session, email(Role.REVIEWER)).id
        secret = sessions.begin(session, person, system.settings)
        numbers = session.scalars(
            select(Proposal.number).where(
                Proposal.kind == DATABASE, Proposal.status.in_(examined)
            )
        )
        proposals = [f"/phieu/{number}" for number in numbers]
    cookie = client.application.config["DANHMUC_COOKIE"]["key"]
    client.set_cookie(cookie, secret, domain="127.0.0.1")
    return client, proposals


PAST = [pytest.param(day, marks=pytest.mark.nightly("browser")) for day in DAYS[1:]]


@pytest.mark.parametrize("day", [None, *PAST])
def test_the_reviewer_is_shown_the_same(reviewer, laws, day):
    client, proposals = reviewer
    assert len(proposals) > 2

    assert wrong(client, laws, day, [] if day else proposals) == []


def test_one_date_altered_is_noticed(demo_client, laws):
    altered = {**laws, "VB-0020": {**laws["VB-0020"], "in_force_to": "2027-01-01"}}

    assert {law for _page, law, _said, _right in wrong(demo_client, altered, None)} == {
        "VB-0020"
    }


@pytest.mark.parametrize("day", DAYS[1:])
def test_nothing_of_later_days_is_told_of_a_law(demo_client, laws, day):
    for law in laws:
        page = main_of(demo_client, f"/doc/van-ban/{law}", day)
        told = page.partition("Các phiên bản")[0]
        told = re.sub(r"(?s)Ghi vào danh mục</dt>.*?</dd>", "", told)
        told = re.sub(r"Có hiệu lực từ [\d/]+|vào ngày [\d/]+", "", told)
        for text in re.findall(r"\d\d/\d\d/\d{4}", told):
            number, month, year = map(int, text.split("/"))
            stated = date(year, month, number)
            own = {day_of(laws[law][name]) for name in ("issued", "in_force_from")}
            assert stated <= day or stated in own, (law, text)


@pytest.mark.parametrize(
    ("code", "day", "said"),
    [
        ("H10", None, "Đã đóng từ 01/07/2025"),
        ("H10", date(2025, 6, 30), "Chưa xác định ngày bắt đầu"),
        ("H19", None, "Đang dùng"),
        ("H19", date(1990, 1, 1), "Chưa xác định ngày bắt đầu"),
    ],
)
def test_a_code_is_shown_as_it_stands_on_the_day(demo_client, code, day, said):
    page = main_of(demo_client, f"/tra-ma/{code}", day)
    assert re.search(TAG, page)[1] == said
    listed = main_of(demo_client, f"/tim-kiem?kind=identifier-code&q={code}", day)
    assert said in listed


CODE_LISTED = re.compile(
    r'href="[^"]*/doc/ma-dinh-danh/([GHK]\d\d)(?:\?[^"]*)?"[^>]*>.*?</h\d>\s*<p[^>]*>\s*'
    + TAG
)
PAGE = re.compile(r'href="(/(?:doc/[a-z-]+/[A-Z][A-Z0-9.-]+|tra-ma/[A-Z0-9.]+))[?"]')
KINDS = ("legal-document", "identifier-code", "agency", "shared-database", "succession")


MERGED = {"H10", "K10"}  # closed by the merger of two provinces, not by the file


def code_as(row, day):
    """Return how a code of the file stands on a day, None where the file does not say."""
    day, end = day or TODAY, day_of(row["validity.end"])
    if row["value"] in MERGED:
        end = date(2025, 7, 1)
    if row["status"] == "da-dong" or row["value"] in MERGED:
        if end and end <= day:
            return f"Đã đóng từ {end:%d/%m/%Y}"
        return None  # it begins on a day that nobody knows
    return "Đang dùng" if day == TODAY else "Chưa xác định ngày bắt đầu"


def crawled(client, day, also=()):
    """Yield every page of an entry or a code that is led to, and the lists that lead there."""
    ahead = ["/", "/co-quan", "/thay-doi", *also]
    ahead += [f"/tim-kiem?kind={kind}&scope=all" for kind in KINDS]
    seen = set(ahead)
    while ahead:
        page = main_of(client, ahead[-1], day if ahead[-1] not in also else None)
        yield ahead.pop(), page
        more = set(PAGE.findall(page))
        more |= set(re.findall(r'href="(/tim-kiem\?[^"]*after=[^"]*)"', page))
        ahead += sorted(more - seen)
        seen |= more


@pytest.mark.nightly("browser")
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("who", ["public", "reviewer"])
def test_no_page_at_all_tells_another_state(demo_client, reviewer, laws, who, day):
    """Every page that is led to: each law cited and each code listed stands as the files have it."""
    client, proposals = reviewer if who == "reviewer" else (demo_client, [])
    rows = {row["value"]: row for row in read("level1_codes.csv")}
    pages, cited_laws, codes, wrong_ = 0, 0, 0, []
    for path, page in crawled(client, day, () if day else proposals):
        pages += 1
        told = LISTED.findall(page)
        told += [] if path.startswith("/tim-kiem") else CITED.findall(page)
        for law, said in told:
            right = expected(laws[law], day)
            cited_laws += 1
            lapsed = said.startswith("Hết") or right.startswith("Hết")
            if law not in path and lapsed and not said.startswith(right):
                wrong_.append((path, law, said, right))
        listed = CODE_LISTED.findall(page)
        own = re.fullmatch(r"/tra-ma/([GHK]\d\d)", path)
        if own:
            listed.append((own[1], re.search(TAG, page)[1]))
        for code, said in listed:
            right = code_as(rows[code], day)
            codes += 1
            if said != right and (right or said == "Đang dùng"):
                wrong_.append((path, code, said, right))
    print(f"{who}, {day}: {pages} pages, {cited_laws} laws, {codes} codes")
    assert sorted(set(wrong_)) == []
    assert pages > 400
    assert cited_laws > 100
    assert codes > 100


def test_a_suggestion_and_a_feed_say_how_a_law_stands(demo_client):
    listed = demo_client.get("/goi-y?q=47/2020/NĐ-CP").json
    (row,) = [row for row in listed if "(VB-0020)" in row["text"]]
    assert row["what"].endswith("Hết hiệu lực từ 22/10/2025")
    feed = demo_client.get("/tim-kiem.atom?q=47/2020&kind=legal-document").text
    assert re.search(r"<summary>[^<]*: Hết hiệu lực từ 22/10/2025</summary>", feed)


def test_a_day_on_which_nobody_knows_says_how_many(demo_client):
    page = main_of(demo_client, "/", date(1990, 1, 1))
    told = re.findall(r"Chưa xác định ngày bắt đầu: ([\d.]+)", page)
    codes, standards = map(int, told)
    in_use = [row for row in read("level1_codes.csv") if row["status"] == "dang-dung"]
    assert codes == len([row for row in in_use if not row["validity.end"]])
    assert standards == len(read("data_standards.csv"))
    assert re.search(r">0<[^>]*>[^>]*>\s*tiêu chuẩn dữ liệu", page)


def test_a_future_day_is_marked(demo_client):
    page = main_of(demo_client, "/", date(TODAY.year + 1, 1, 1))
    assert "Dự kiến, theo các quyết định đã ký." in page
