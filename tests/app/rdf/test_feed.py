import gzip
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from people import Browser, key_of
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from support import BASE, Office, database, opened_office

from app import clock
from app.factory import System
from app.permissions import Role, Scope
from app.rdf.publishing import dumps, receipts
from app.rdf.writing.formats import FORMATS
from app.register.standing import State
from app.workflow.proposals.models import ProposalType
from catalog_schema.namespaces import ADMS, DCAT, DCT, FOAF, HYDRA, RDF, VOID

pytestmark = pytest.mark.slow

PARSERS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path, feed_page_size=2)


def filled(office, count):
    basis = str(office.law())
    return [
        office.enter(
            "shared-database",
            database(str(office.department), basis, title=f"CSDL số {number}"),
        )
        for number in range(count)
    ]


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    extension = re.search(r"catalog\.(\w+)", address)[1]
    return Graph().parse(data=answer.data, format=PARSERS[extension])


def following(graph):
    (node,) = graph.subjects(RDF.type, HYDRA.PagedCollection)
    assert set(graph.objects(node, HYDRA.next)) == set(
        graph.objects(node, HYDRA.nextPage)
    )
    return next(
        (str(one).removeprefix(BASE) for one in graph.objects(node, HYDRA.next)), None
    )


def harvest(client, address="/catalog.ttl", between=lambda: None):
    """Follow hydra:next; return the graphs of the pages."""
    pages = []
    while address:
        pages.append(page(client, address))
        address = following(pages[-1])
        between()
    return pages


def datasets(graph):
    return sorted(str(one) for one in graph.subjects(RDF.type, DCAT.Dataset))


def test_a_harvest_gets_each_database_once_while_others_enter(office):
    entries = filled(office, 5)
    more = iter(range(90, 99))
    basis = str(office.law("2/2026/QĐ-UBND"))

    def enter_another():
        office.enter(
            "shared-database",
            database(str(office.department), basis, title=f"CSDL số {next(more)}"),
        )

    pages = harvest(office.client(), between=enter_another)

    assert [len(datasets(one)) for one in pages] == [2, 2, 1]
    found = [one for graph in pages for one in datasets(graph)]
    assert sorted(found) == sorted(office.get(entry).iri for entry in entries)
    assert len(set(found)) == len(found)


def test_the_pages_of_a_snapshot_stay_what_they_are_when_the_page_size_changes(office):
    filled(office, 5)
    address, pages = following(page(office.client(), "/catalog.nt")), {}
    while address:
        pages[address] = office.client().get(address).data
        address = following(page(office.client(), address))
    settings = replace(office.system.settings, feed_page_size=3)
    client = replace(office, system=System(settings)).client()

    assert len(datasets(page(client, "/catalog.nt"))) == 3
    assert len(pages) == 2
    for address, body in pages.items():
        assert client.get(address).data == body


def test_every_page_is_the_same_graph_in_every_format_and_says_exactly_where_it_stands(
    office,
):
    filled(office, 5)
    client = office.client()

    for number in (1, 2, 3):
        graphs = {e: page(client, f"/catalog.{e}?page={number}") for e in FORMATS}
        for extension, graph in graphs.items():
            (here,) = graph.subjects(RDF.type, HYDRA.PartialCollectionView)
            assert list(graph.subjects(RDF.type, HYDRA.PagedCollection)) == [here]
            assert f"/catalog.{extension}?page={number}&snapshot=" in here
            said = {
                str(p).removeprefix(str(HYDRA))
                for p in graph.predicates(here)
                if p.startswith(str(HYDRA))
            }
            sides = {"next", "nextPage"} if number < 3 else set()
            sides |= {"previous", "previousPage"} if number > 1 else set()
            assert (
                said
                == {
                    "first",
                    "last",
                    "firstPage",
                    "lastPage",
                    "totalItems",
                    "itemsPerPage",
                }
                | sides
            )
            assert graph.value(here, HYDRA.totalItems) == Literal(5)
            graph.remove((here, None, None))
            graph.remove((None, None, here))
        for graph in graphs.values():
            assert isomorphic(graph, graphs["nt"])


def test_a_page_holds_each_of_its_databases_whole_and_only_links_to_them(office):
    filled(office, 3)
    first = page(office.client(), "/catalog.ttl")

    (catalogue,) = first.subjects(RDF.type, DCAT.Catalog)
    assert sorted(map(str, first.objects(catalogue, DCAT.dataset))) == datasets(first)
    for dataset in map(URIRef, datasets(first)):
        (record,) = first.subjects(FOAF.primaryTopic, dataset)
        assert (catalogue, DCAT.record, record) in first
        assert first.value(dataset, DCT.title)
        assert first.value(first.value(dataset, DCT.publisher), FOAF.name)


def test_a_suspended_database_stays_with_its_status_and_an_ended_one_leaves(office):
    one, two, three = filled(office, 3)
    back = clock.today() + timedelta(days=30)
    for entry, change, until in (
        (one, ProposalType.SUSPEND, back),
        (two, ProposalType.END, None),
    ):
        days = {"effective_from": clock.today(), "effective_to": until}
        office.enter("shared-database", {}, type=change, entry_id=entry, **days)

    pages = harvest(office.client())

    found = [iri for graph in pages for iri in datasets(graph)]
    assert found == [office.get(one).iri, office.get(three).iri]
    (record,) = pages[0].subjects(FOAF.primaryTopic, URIRef(office.get(one).iri))
    assert str(pages[0].value(record, ADMS.status)).endswith("/tam-dung")
    assert pages[0].value(pages[0].value(record, DCT.valid), DCAT.endDate) == Literal(
        back - timedelta(days=1)
    )
    assert office.get(one).state is State.SUSPENDED


def test_what_other_bodies_register_is_left_out_unless_it_is_asked_for(office):
    filled(office, 1)
    basis = str(office.law("2/2026/QĐ-UBND"))
    content = database(
        str(office.department), basis, title="Của nơi khác", record_kind="tham-chieu"
    )
    other = office.get(office.enter("shared-database", content)).iri
    client = office.client()

    assert other not in datasets(page(client, "/catalog.ttl"))
    assert other in datasets(page(client, "/catalog.ttl?records=all"))
    assert other.encode() not in client.get("/dump/danh-muc.nt", buffered=True).data
    assert (
        other.encode()
        in client.get("/dump/danh-muc.nt?records=all", buffered=True).data
    )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/catalog.ttl?page=4", 404),
        ("/catalog.ttl?page=0", 400),
        ("/catalog.ttl?page=x", 400),
        ("/catalog.ttl?page=-1", 400),
        ("/catalog.ttl?snapshot=x", 400),
        ("/catalog.ttl?snapshot=99999", 400),
        ("/catalog.ttl?snapshot=1&known_at=2", 400),
        ("/catalog.ttl?full=1&snapshot=1", 400),
        ("/dump/danh-muc.ttl?snapshot=1", 400),
        ("/catalog.ttl?records=some", 400),
        ("/catalog.zip", 404),
        ("/dump/danh-muc.zip", 404),
        ("/dump/danh-muc.zip.gz", 404),
        ("/catalog.ttl?snapshot=1", 200),  # nothing entered yet: one page that is empty
    ],
)
def test_a_page_that_is_not_there_is_no_other_page(office, address, status):
    filled(office, 5)

    client = office.client()
    told = client.get(
        address, headers={"Accept": "text/turtle, application/json;q=0.5"}
    )
    assert client.get(address).status_code == told.status_code == status
    assert status == 200 or told.mimetype == "application/problem+json"


def test_a_past_day_is_a_feed_of_its_own_whose_links_keep_it(office):
    entries = filled(office, 5)
    yesterday = clock.today() - timedelta(days=1)
    office.enter(
        "shared-database",
        {},
        type=ProposalType.END,
        entry_id=entries[0],
        effective_from=clock.today(),
    )
    client = office.client()

    first = page(client, f"/catalog.ttl?as_of={clock.today()}")

    assert office.get(entries[0]).iri not in datasets(first)
    assert all(
        f"as_of={clock.today()}" in str(one) for one in first.objects(None, HYDRA.next)
    )
    assert datasets(page(client, f"/catalog.ttl?as_of={yesterday}")) == []


def test_an_empty_catalogue_is_one_page(office):
    graph = page(office.client(), "/catalog.ttl")

    (here,) = graph.subjects(RDF.type, HYDRA.PagedCollection)
    assert graph.value(here, HYDRA.totalItems) == Literal(0)
    assert following(graph) is None


def test_head_tells_what_get_tells_and_what_is_known_is_not_sent_again(office):
    filled(office, 3)
    client = office.client()

    for address in (
        "/catalog.ttl?page=2",
        "/catalog.jsonld?full=1",
        "/dump/danh-muc.nt",
        "/dump/danh-muc.nt.gz",
    ):
        got, asked = (
            client.get(address, buffered=True),
            client.head(address, buffered=True),
        )
        assert asked.status_code == 200
        for name in ("Content-Type", "Content-Length", "ETag", "Last-Modified"):
            assert got.headers[name] == asked.headers[name], (address, name)
        known = client.get(
            address, headers={"If-None-Match": got.headers["ETag"]}, buffered=True
        )
        assert (known.status_code, known.data) == (304, b"")


def test_the_etag_of_a_page_changes_when_what_is_published_does_and_only_then(office):
    filled(office, 1)
    client = office.client()
    before = client.get("/catalog.ttl").headers["ETag"]

    office.propose(
        "shared-database", database(str(office.department), "", title="Chỉ là bản nháp")
    )
    assert client.get("/catalog.ttl").headers["ETag"] == before
    office.enter(
        "shared-database",
        database(
            str(office.department), str(office.law("3/2026/QĐ-UBND")), title="Mới"
        ),
    )
    assert client.get("/catalog.ttl").headers["ETag"] != before


def test_files_are_made_before_a_harvester_asks_once_the_register_is_quiet(office):
    filled(office, 3)
    folders = [office.system.settings.data_dir / name for name in ("dumps", "feeds")]
    office.system.follow()
    assert not any(folder.exists() for folder in folders)

    with clock.frozen(clock.now() + timedelta(minutes=2)):
        # one file each time, and the sum with its dump
        for _ in range(2 * len(FORMATS) + 3):
            office.system.follow()
        made = {
            path: path.stat().st_mtime_ns
            for folder in folders
            for path in folder.iterdir()
        }
        client = office.client()
        endings = [
            f"{extension}{more}"
            for extension in FORMATS
            for more in ("", ".gz", ".sha256")
        ]
        asked = [
            *(f"/dump/danh-muc.{ending}" for ending in endings),
            "/catalog.ttl",
            "/oai?verb=Identify",
        ]
        answers = [client.get(address, buffered=True) for address in asked]
        office.system.follow()

    assert {answer.status_code for answer in answers} == {200}
    assert {
        path: path.stat().st_mtime_ns for folder in folders for path in folder.iterdir()
    } == made
    # what pages of the feed list, and what OAI-PMH lists
    assert len(made) == len(endings) + 3


def test_a_dump_is_a_whole_file_with_its_sum(office):
    filled(office, 3)
    client = office.client()

    for extension in FORMATS:
        plain = client.get(f"/dump/danh-muc.{extension}", buffered=True).data
        packed = client.get(f"/dump/danh-muc.{extension}.gz", buffered=True).data
        total = client.get(f"/dump/danh-muc.{extension}.sha256").text
        assert gzip.decompress(packed) == plain
        assert total == f"{hashlib.sha256(plain).hexdigest()}  danh-muc.{extension}\n"
        total = client.get(f"/dump/danh-muc.{extension}.gz.sha256").text
        assert (
            total == f"{hashlib.sha256(packed).hexdigest()}  danh-muc.{extension}.gz\n"
        )
        for ending in ("", ".gz"):  # named as the sums name them
            answer = client.get(f"/dump/danh-muc.{extension}{ending}", buffered=True)
            assert (
                f'filename="danh-muc.{extension}{ending}"'
                in answer.headers["Content-Disposition"]
            )
        assert client.get(f"/catalog.{extension}?full=1", buffered=True).data == plain
        assert len(datasets(Graph().parse(data=plain, format=PARSERS[extension]))) == 3


@pytest.mark.parametrize("ending", ["", ".gz", ".gz.sha256"])
def test_a_file_that_is_forgotten_while_it_is_asked_for_is_made_again(
    office, monkeypatch, ending
):
    filled(office, 1)
    client, made, forgotten = office.client(), dumps.dump, []

    def forgetting(*args, **more):
        found = made(*args, **more)
        if not forgotten:  # as another process does when a newer state pushes it out
            forgotten.append(found.path.unlink())
        return found

    monkeypatch.setattr(dumps, "dump", forgetting)

    assert client.get(f"/dump/danh-muc.ttl{ending}", buffered=True).status_code == 200


def test_the_same_snapshot_gives_the_same_bytes_with_and_without_what_is_kept(office):
    filled(office, 3)
    client = office.client()
    address = str(
        next(page(client, "/catalog.rdf").objects(None, HYDRA.view))
    ).removeprefix(BASE)
    before = client.get(address).data

    office.system.follow()
    assert client.get(address).data == before
    office.system.rdf_projection.clear(office.system.database)
    for path in (office.system.settings.data_dir / "feeds").iterdir():
        path.unlink()
    assert client.get(address).data == before


def test_machines_find_the_files_and_people_the_pages(office):
    filled(office, 2)
    client = office.client()

    said = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    files = sorted(
        str(one).removeprefix(BASE) for one in said.objects(None, VOID.dataDump)
    )
    assert files == sorted(f"/dump/danh-muc.{extension}" for extension in FORMATS)
    assert all(client.get(one, buffered=True).status_code == 200 for one in files)
    index = re.findall("<loc>([^<]+)</loc>", client.get("/sitemap.xml").text)
    assert index == [f"{BASE}/sitemap-1.xml"]
    pages = re.findall("<loc>([^<]+)</loc>", client.get("/sitemap-1.xml").text)
    assert f"{BASE}/doc/csdl/CSDL-0002" in pages
    assert all(client.get(one.removeprefix(BASE)).status_code == 200 for one in pages)
    assert client.get("/sitemap-2.xml").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    ["/catalog?page=2", "/dump/danh-muc.ttl", "/profile.ttl", "/doc/csdl/CSDL-0001"],
)
def test_an_answer_leads_to_the_same_in_the_other_formats(office, path):
    entries = filled(office, 3)
    with office.reading() as register:
        before = f"known_at={register.at.known_at}"
    office.enter(
        "shared-database",
        {},
        type=ProposalType.END,
        entry_id=entries[-1],
        effective_from=clock.today(),
    )
    client = office.client()
    asked = (
        path if "profile" in path else f"{path}{'&' if '?' in path else '?'}{before}"
    )

    answer = client.get(asked, headers={"Accept": "text/turtle"}, buffered=True)

    found = re.findall(
        '<([^>]+)>; rel="alternate"; type="([^"]+)"', answer.headers["Link"]
    )
    assert {
        address.partition("?")[0].rpartition(".")[2] for address, _ in found
    } >= set(FORMATS)
    whole = Graph().parse(data=answer.data, format="turtle")
    for address, media_type in found:
        other = client.get(address.removeprefix(BASE), buffered=True)
        assert (other.status_code, other.mimetype) == (200, media_type)
        if media_type == "application/rdf+xml" and "catalog" not in path:
            assert isomorphic(Graph().parse(data=other.data, format="xml"), whole)


def test_feed_readers_are_told_of_what_entered_last(office):
    filled(office, 2)
    client = office.client()

    found = ET.fromstring(client.get("/moi-nhat.atom").data)  # noqa: S314 - our own

    atom = "{http://www.w3.org/2005/Atom}"
    entries = list(found.iter(f"{atom}entry"))
    assert entries[0].findtext(f"{atom}title") == "CSDL số 1"
    link = entries[0].find(f"{atom}link").get("href")
    assert client.get(link.removeprefix(BASE)).status_code == 200
    assert len({one.findtext(f"{atom}id") for one in entries}) == len(entries)
    assert "moi-nhat.atom" in client.get("/").text


def test_the_operator_sees_who_harvested_what(office):
    filled(office, 3)
    client = office.client()
    for path, agent in (
        ("/catalog.ttl", "ckan"),
        ("/catalog.ttl?page=2", "ckan"),
        ("/catalog.ttl?page=9", "ckan"),
        ("/oai", "<b>x\x07"),
    ):
        client.get(path, headers={"User-Agent": agent})
    with (office.system.settings.data_dir / "receipts" / f"{clock.today()}.jsonl").open(
        "a"
    ) as file:
        file.write('{"at": "2026')

    found = {
        (one.agent, one.interface): one
        for one in receipts.summaries(office.system.settings.data_dir)
    }
    page = Browser(office, Role.ADMINISTRATOR).get("/van-hanh").text

    assert (found["ckan", "/catalog"].answers, found["ckan", "/catalog"].refused) == (
        3,
        1,
    )
    assert found["ckan", "/catalog"].size > 1000
    assert ("<b>x", "/oai") in found
    assert "ckan" in page
    assert "&lt;b&gt;x" in page


def test_receipts_are_kept_for_ninety_days_and_stay_small(office, monkeypatch):
    folder = office.system.settings.data_dir
    receipts.note(folder, receipts.receipt("ckan", "/catalog", "/", 200, 1))
    with clock.frozen(clock.now() + timedelta(days=91)):
        monkeypatch.setattr(receipts, "_LARGEST", 500)
        for _ in range(20):
            receipts.note(folder, receipts.receipt("udata", "fixed", "/", 200, 1))
        (path,) = (folder / "receipts").iterdir()
        assert path.stat().st_size < 700
        assert [one.agent for one in receipts.summaries(folder)] == ["udata"]


def test_a_flood_of_programs_stays_a_page_and_a_day_is_summed_up_once(office):
    folder = office.system.settings.data_dir
    for number in range(receipts.MOST_PROGRAMS + 50):
        receipts.note(folder, receipts.receipt(f"x{number}", "/oai", "/", 200, 1))

    today = receipts.summaries(folder)
    assert len(today) == receipts.MOST_PROGRAMS + 1
    assert sum(one.answers for one in today) == receipts.MOST_PROGRAMS + 50
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert receipts.summaries(folder) == today
        (folder / "receipts" / f"{clock.today() - timedelta(days=1)}.jsonl").unlink()
        assert receipts.summaries(folder) == today
        receipts.note(folder, receipts.receipt("x1", "/oai", "/", 404, 1))
        (again,) = [one for one in receipts.summaries(folder) if one.agent == "x1"]
    assert (again.answers, again.refused, again.first < again.last) == (2, 1, True)


def test_a_change_of_base_moves_nothing_that_was_harvested(office):
    new = "https://moi.example"
    filled(office, 1)
    before = Graph().parse(
        office.client().get("/catalog.nt?full=1", buffered=True).data, format="nt"
    )
    settings = replace(office.system.settings, base_uri=new, former_base_uris=(BASE,))
    moved = Office(
        System(settings), dict(office.actors), office.department, office.other
    )
    client = moved.client()

    led = client.get("/id/csdl/CSDL-0001?as_of=2026-01-01", base_url=BASE)
    assert (led.status_code, led.headers["Location"]) == (
        308,
        f"{new}/id/csdl/CSDL-0001?as_of=2026-01-01",
    )
    assert client.get("/", base_url="http://la.example").status_code == 400
    for odd in ("/id/csdl/a%3Fb%23c", "/a%0d%0aX", "//evil.example/x"):
        there = client.get(odd, base_url=BASE).headers["Location"]
        assert there.startswith(f"{new}/")
        assert "\n" not in there
        assert "?" not in there
    after = Graph().parse(
        client.get("/catalog.nt?full=1", base_url=new, buffered=True).data, format="nt"
    )
    assert datasets(after) == datasets(before) == [f"{BASE}/id/csdl/CSDL-0001"]
    assert set(after.subjects(FOAF.primaryTopic)) == set(
        before.subjects(FOAF.primaryTopic)
    )
    assert set(after.objects(None, DCAT.dataset)) == set(
        before.objects(None, DCAT.dataset)
    )
    listed = client.get(
        "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc", base_url=new
    ).text
    assert f"oai:{urlsplit(BASE).hostname}:CSDL-0001" in listed
    content = database(
        str(office.department),
        str(moved.law("2/2026/QĐ-UBND")),
        title="Vào sau khi đổi địa chỉ",
    )
    moved.enter("shared-database", content)
    later = Graph().parse(
        client.get("/catalog.nt?full=1", base_url=new, buffered=True).data, format="nt"
    )
    assert datasets(later) == [f"{BASE}/id/csdl/CSDL-0001", f"{new}/id/csdl/CSDL-0002"]
    moved.system.close()


def test_a_key_opens_what_is_for_state_agencies_and_no_more(office):
    secret, notes = "NAS-BI-MAT-0001", "Ghi chú nội bộ 7788"
    content = database(
        str(office.department), str(office.law()), nas_id=secret, note=notes
    )
    office.enter("shared-database", content)
    client, key = (
        office.client(),
        {"Authorization": f"Bearer {key_of(office, 'elsewhere', [Scope.READ])}"},
    )

    assert client.get("/api/v1/catalog.ttl").status_code == 401
    for extension in FORMATS:
        answer = client.get(f"/api/v1/catalog.{extension}", headers=key)
        assert answer.status_code == 200
        assert secret in answer.text
        assert notes not in answer.text
        assert "no-store" in answer.headers["Cache-Control"]
        assert secret not in client.get(f"/catalog.{extension}").text
    graph = Graph().parse(
        data=client.get("/api/v1/catalog.ttl", headers=key).data, format="turtle"
    )
    (node,) = graph.subjects(RDF.type, HYDRA.PagedCollection)
    assert str(node).startswith(f"{BASE}/api/v1/catalog.ttl?page=1&snapshot=")
    assert client.get(str(node).removeprefix(BASE), headers=key).status_code == 200
    assert client.get("/api/v1/catalog.ttl?page=99", headers=key).status_code == 404
    assert any(
        "khóa" in one.agent
        for one in receipts.summaries(office.system.settings.data_dir, 1)
    )
