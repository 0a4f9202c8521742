"""The feed of a large register, page by page: the same in every format, and conforming to every profile."""

from itertools import cycle, islice

import pytest
from conformity import PROFILES, parse, shapes, violations
from driver import LONG
from support import code, database

from app.rdf.writing.formats import FORMATS
from catalog_schema.namespaces import DCAT, HYDRA, RDF

pytestmark = pytest.mark.slow
ENTRIES = 10_000 if LONG else 110
HOSTILE = (
    'Cơ sở dữ liệu "số" \\ <Đất & nước> ]]> \\u0041',
    "Dữ liệu '; DROP TABLE entry; -- \\",
    "{{ 7 * 7 }} <script>alert(1)</script> ${x} %s %(x)s",
    "Đất đai " + "\N{COMBINING DOT BELOW}" * 5 + " 🏞️ 𐐷 \u202e ngược \u202c",
    "\"\"\"ba dấu\"\"\" '''nháy''' @vi . <urn:a> a <urn:b> .",
    "Tên\trộng\u00a0có\u2028ngắt\u2029dòng",
)


@pytest.fixture
def filled(office):
    """A register of databases whose texts would break a writer that does not escape."""
    office.enter(
        "identifier-code",
        code(office.system.settings.publisher_code, office.department),
    )
    basis = str(office.law())
    for number, text in enumerate(islice(cycle(HOSTILE), ENTRIES)):
        said = {
            "title": {"vi": f"{text} {number}"},
            "description": {"vi": f"{text}\n\n{text}"},
        }
        office.enter(
            "shared-database", {**database(str(office.department), basis), **said}
        )
    office.system.follow()
    return office


def test_every_page_conforms_and_is_the_same_in_every_format(filled, standards):
    client, base, seen = filled.client(), filled.system.profile.base, []
    checks = {name: shapes(name, standards, base) for name in PROFILES}
    address = "/catalog.nt"
    while address:
        pages = {
            one: parse(client.get(address.replace(".nt", f".{one}", 1)).data, one)
            for one in FORMATS
        }
        (view,) = pages["nt"].subjects(RDF.type, HYDRA.PartialCollectionView)
        following = pages["nt"].value(view, HYDRA.next)
        for graph in pages.values():
            for one in set(graph.subjects(RDF.type, HYDRA.PartialCollectionView)):
                graph.remove((one, None, None))  # it names pages of its own format
                graph.remove((None, HYDRA.view, one))
        assert all(set(graph) == set(pages["nt"]) for graph in pages.values()), address
        for name, check in checks.items():
            assert violations(pages["nt"], check) == [], (address, name)
        seen += pages["nt"].subjects(RDF.type, DCAT.Dataset)
        address = str(following).removeprefix(base) if following else ""

    assert len(seen) == len(set(seen)) == ENTRIES
