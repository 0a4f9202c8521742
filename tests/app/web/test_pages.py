import re

import pytest
from babel.messages import pofile
from babel.messages.extract import extract_from_dir
from conftest import ROOT
from reading_pages import words

PAGES = [
    "/",
    "/?as_of=2021-12-31",
    "/?as_of=31/12/2021",
    "/?as_of=31-12-2021",
    "/?as_of=31.12.2021",
    "/tim-kiem",
    "/tim-kiem?q=co+so+du+lieu",
    "/tim-kiem?kind=shared-database&record_kind=goc&state=in-force&state=suspended",
    "/tim-kiem?q=khongcogi",
    "/co-quan",
    "/chu-quan",
    "/tieu-chuan",
    "/profile",
    "/tai-ve",
    "/tra-ma",
    "/tra-ma/H10",
    "/tra-ma/H19",
    "/thay-doi?tu=2025-06-30&den=2025-07-01",
    "/muc/csdl/CSDL-0062/phien-ban/2?so_voi=1",
    "/doc/co-quan/CQ-0100",
    "/doc/ke-thua/KT-0001",
    "/doc/csdl/CSDL-0001",
    "/doc/csdl/CSDL-0062",
    "/doc/co-quan/CQ-0027",
    "/doc/ma-dinh-danh/H19",
    "/doc/ma-dinh-danh/H10",
    "/doc/tieu-chuan/TC-0001",
    "/doc/van-ban/VB-0001",
    "/doc/bang-ma/hinh-thuc-chia-se",
    *(
        "/doc/bang-ma/BM-0001",
        "/doc/dich-vu-du-lieu/DV-0001",
        "/doc/he-thong/HT-0001",
        "/doc/khai-niem/KN-0001",
    ),
    "/doc/loai-ma/QD20",
]
ENGLISH = re.compile(
    r"\b(Menu|Error|Important|Success|Skip to|Previous|Next|Show all|Support links|Service information)\b"
)


@pytest.mark.parametrize("lang", ["", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_both_languages_with_its_protections(
    demo_client, path, lang
):
    answer = demo_client.get(
        path + (("&" if "?" in path else "?") + "lang=en" if lang else "")
    )
    body = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert f'<html lang="{lang or "vi"}"' in body
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"]
    assert " style=" not in body
    assert not re.search(
        r"<script(?! (?:type=\"module\"|defer) src=\"/static/[^\"]+\")[^>]*>(?!document\.body\.className)",
        body,
    )
    if not lang:
        assert not ENGLISH.search(words(body))


def test_the_policy_names_the_one_inline_script_of_the_macros(demo_client):
    policy = demo_client.get("/").headers["Content-Security-Policy"]

    assert "'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='" in policy


def test_every_sentence_of_the_screens_has_its_english():
    options = [
        ("web/**.py", "python"),
        ("workflow/proposals/actions.py", "python"),
        ("workflow/proposals/way.py", "python"),
        ("exchange/cases/**.py", "python"),
        ("web/templates/**.html", "jinja2"),
    ]
    found = extract_from_dir(
        ROOT / "app", options, keywords={"_": None, "_l": None, "gettext": None}
    )
    used = {message for _, _, message, _, _ in found}
    path = ROOT / "app" / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as stream:
        translated = {m.id for m in pofile.read_po(stream) if m.id and m.string}

    assert used == translated


def test_a_translation_has_just_the_places_to_fill_in_that_the_sentence_has():
    path = ROOT / "app" / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as stream:
        said = [(m.id, m.string) for m in pofile.read_po(stream) if m.id]
    for sentence, english in said:
        places = set(re.findall(r"%\((\w+)\)s", sentence))
        assert set(re.findall(r"%\((\w+)\)s", english)) == places, sentence


def test_illustrative_entries_carry_their_mark_on_every_page_that_shows_them(
    demo_client,
):
    for path in (
        "/doc/csdl/CSDL-0062",
        "/tim-kiem?q=%22co+so+du+lieu+dat+dai%22",
        "/",
        "/doc/ma-dinh-danh/H19.1",
        "/co-quan",
    ):
        assert "Minh họa" in demo_client.get(path).get_data(as_text=True), path
    assert "không phải số liệu chính thức" in demo_client.get(
        "/doc/csdl/CSDL-0062"
    ).get_data(as_text=True)


def test_the_figures_of_the_home_page_are_those_of_their_lists(demo_client):
    for day, databases, agencies in (("2021-12-31", 26, 15), ("2026-11-24", 26, 12)):
        home = demo_client.get(f"/?as_of={day}").get_data(as_text=True)
        assert re.findall(r'<strong class="dm-fig">([\d.]+)</strong>', home)[:2] == [
            str(databases),
            str(agencies),
        ]
        link = (
            re.search(r'href="(/tim-kiem\?[^"]*record_kind=goc[^"]*)"', home)
            .group(1)
            .replace("&amp;", "&")
        )
        assert f"{databases} kết quả" in demo_client.get(link).get_data(as_text=True)
        owners = demo_client.get(f"/chu-quan?as_of={day}").get_data(as_text=True)
        assert f"{agencies} cơ quan chủ quản" in owners


def test_the_english_pages_are_english(demo_client):
    body = words(demo_client.get("/?lang=en").get_data(as_text=True))

    for sentence in (
        "Name of a database, its content, an agency or an identifier code",
        "State of the register",
        "Recent changes",
        "owners",
    ):
        assert sentence in body
    assert "Thay đổi gần đây" not in body


def test_whoever_looks_at_an_earlier_state_is_told_and_can_go_back(demo_client):
    body = demo_client.get("/?known_at=0").get_data(as_text=True)

    assert "Theo dữ liệu ghi nhận đến khi lập danh mục" in body
    assert 'href="/">Về bản mới nhất' in body


@pytest.mark.parametrize("name", ["owner", "kind", "state", "theme", "record_kind"])
def test_an_empty_filter_is_no_filter(demo_client, name):
    assert "kết quả" in demo_client.get(f"/tim-kiem?{name}=").get_data(as_text=True)


@pytest.mark.parametrize("typed", ["31/12/2021", "31-12-2021", "31.12.2021"])
def test_a_day_is_read_however_people_write_it(demo_client, typed):
    right = demo_client.get("/chu-quan?as_of=2021-12-31").text

    read = demo_client.get("/chu-quan", query_string={"as_of": typed}).text

    assert "Đang xem danh mục vào ngày 31/12/2021" in read
    assert re.findall("<td.*?</td>", read) == [
        cell.replace("2021-12-31", typed) if "as_of=" in cell else cell
        for cell in re.findall("<td.*?</td>", right)
    ]


@pytest.mark.parametrize(
    ("path", "name", "typed"),
    [
        ("/", "as_of", "31/02/2021"),
        ("/co-quan", "as_of", "hôm qua"),
        ("/thay-doi", "tu", "2021-13-01"),
        ("/thay-doi", "den", "1/1"),
    ],
)
def test_a_wrong_day_stays_on_its_page_and_travels_in_no_link(
    demo_client, path, name, typed
):
    asked = {name: typed, "known_at": "5", "kind": "agency"}
    answer = demo_client.get(path, query_string=asked)

    form = re.search(
        f'<form action="{path}" method="get" nov.*?</form>', answer.text, re.DOTALL
    )
    kept = {
        (said["name"], said["value"])
        for said in re.finditer(
            r'<input [^>]*name="(?P<name>[^"]*)" value="(?P<value>[^"]*)"', form[0]
        )
    }
    links = [
        link
        for link in re.findall(r'<a [^>]*href="([^"]*)"', answer.text)
        if "lang=en" not in link  # the same page in the other language
    ]
    assert answer.status_code == 400
    assert kept == set(asked.items())
    assert "31/12/2026" in form[0]
    assert links
    assert not [link for link in links if f"{name}=" in link]


def test_links_keep_the_language_and_the_day(demo_client):
    body = demo_client.get("/?lang=en&as_of=2021-12-31").get_data(as_text=True)

    assert "/co-quan?lang=en&amp;as_of=2021-12-31" in body
    assert 'href="/?as_of=2021-12-31"' in body  # the switch back to Vietnamese


def test_a_chip_takes_off_its_filter_and_no_other(demo_client):
    body = demo_client.get(
        "/tim-kiem?q=du+lieu&theme=ENVI&kind=shared-database"
    ).get_data(as_text=True)
    chips = re.search(r'<ul class="app-chips".*?</ul>', body, re.DOTALL).group(0)
    links = re.findall(r'href="([^"]+)"', chips)

    assert len(links) == 2
    assert any("theme=ENVI" in link and "kind=" not in link for link in links)
    assert all("q=du+lieu" in link for link in links)


def test_search_pages_lead_through_all_results_once(demo_client):
    for query in ("q=du+lieu", "kind=identifier-code"):
        path, seen = f"/tim-kiem?{query}", []
        while path:
            body = demo_client.get(path).get_data(as_text=True)
            results = body.partition('class="dm-hits')[2].partition("</form>")[0]
            seen += re.findall(
                r'<(?:h3|div)>\s*<a class="govuk-link" href="([^"]+)"', results
            )
            following = re.search(r'href="([^"]+)" rel="next"', body)
            path = following.group(1).replace("&amp;", "&") if following else None
        total = int(re.search(r"(\d+) kết quả", body).group(1))
        assert len(seen) == len(set(seen)) == total


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/nope", 404, "Kiểm tra lại địa chỉ"),
        ("/doc/csdl/CSDL-9999", 404, "không có mục này"),
        ("/tim-kiem?q=%22", 400, "ngoặc kép"),
        ("/tim-kiem?q=" + "x" * 201, 400, "200"),
        ("/tim-kiem?kind=zz", 400, "zz"),
        ("/tim-kiem?owner=zz", 400, "zz"),
        ("/tim-kiem?state=zz", 400, "Trạng thái"),
        ("/tim-kiem?after=%00", 400, "after"),
        ("/?as_of=2021-02-30", 400, "31/12/2026"),
        ("/?known_at=-1", 400, "known_at"),
        ("/static/../app.py", 404, "Không tìm thấy"),
        ("/doc/khong-co/<script>alert(1)", 404, "&lt;script&gt;"),
    ],
)
def test_errors_are_pages_that_say_what_to_do(demo_client, path, status, word):
    answer = demo_client.get(path)
    body = answer.get_data(as_text=True)

    assert answer.status_code == status
    assert word in body
    assert "<script>alert" not in body
    assert "Traceback" not in body


def test_what_was_typed_is_kept_when_it_is_refused(demo_client):
    body = demo_client.get('/tim-kiem?q="đất').get_data(as_text=True)

    assert "&#34;đất" in body


def test_reading_is_all_that_pages_do(demo_client):
    for path in ("/", "/tim-kiem", "/doc/csdl/CSDL-0062", "/catalog.ttl"):
        assert demo_client.post(path).status_code == 405
