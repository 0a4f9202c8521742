"""An agreement is not public: nothing that the public can ask tells that there is one."""

import re

import sharing
from people import Browser
from support import database

from app.permissions import Role
from catalog_schema.profile import Type, Visibility

NAME = "Thỏa thuận bimat"
IDENTIFIER = "TTCS-0001"

PUBLIC_ADDRESSES = [
    "/",
    "/tim-kiem",
    "/tim-kiem?q=bimat",
    f"/tim-kiem?q={IDENTIFIER}",
    "/tim-kiem?kind=agreement",
    "/tim-kiem.csv",
    "/tim-kiem.csv?kind=agreement",
    "/doc/csdl/CSDL-0001",
    "/doc/ket-noi/QHKN-0001",
    *(f"/doc/ket-noi/QHKN-0001.{e}" for e in ("ttl", "rdf", "jsonld", "nt")),
    "/catalog.nt?full=1&records=all",
    "/catalog.jsonld?full=1&records=all",
    "/api/v1/entries",
    "/api/v1/entries?kind=agreement",
    f"/api/v1/entries?q={IDENTIFIER}",
    "/thay-doi?tu=2000-01-01",
    "/thay-doi.csv?tu=2000-01-01",
    "/api/v1/changes?since=2000-01-01",
    "/goi-y?q=bimat",
    "/goi-y?q=ttcs-00",
    "/moi-nhat.atom",
    "/sitemap-1.xml",
    "/changes",
    "/changes/1",
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
    "/tai-ve",
]
OWN_ADDRESSES = [
    f"/id/thoa-thuan/{IDENTIFIER}",
    *(f"/doc/thoa-thuan/{IDENTIFIER}{e}" for e in ("", ".ttl", ".jsonld", ".nt")),
    f"/muc/thoa-thuan/{IDENTIFIER}/phien-ban/1",
    f"/api/v1/entries/agreement/{IDENTIFIER}",
    f"/api/v1/entries/agreement/{IDENTIFIER}/versions",
]


def agreed(office):
    """Enter a database, an agreement on it and a connection under that; return the ids of the last two."""
    law = str(office.law())
    land = office.enter("shared-database", database(str(office.department), law))
    own, other = office.department, office.other
    agreement = office.enter(
        "agreement", sharing.agreement(NAME, own, other, land, law)
    )
    connection = office.enter(
        "connection",
        sharing.connection(
            "Đất đai – Một cửa",
            own,
            source=own,
            source_database=land,
            target=other,
            agreement=agreement,
        ),
    )
    office.system.follow()
    return agreement, connection


def test_no_public_answer_tells_of_an_agreement(office):
    agreement, _ = agreed(office)
    client = office.client()

    for address in PUBLIC_ADDRESSES:
        answer = client.get(address, buffered=True)
        assert answer.status_code in (200, 400, 404), address
        body = answer.get_data(as_text=True).replace(f"q={IDENTIFIER}", "")
        asked = f'value="{IDENTIFIER}"', f'value="{IDENTIFIER.lower()}"'
        for own in asked:
            body = body.replace(own, "")
        assert NAME not in body, address
        assert f"/{IDENTIFIER}" not in body, address
        assert str(agreement) not in body, address
    for address in OWN_ADDRESSES:
        assert client.get(address).status_code == 404, address
    for words in (IDENTIFIER, "bimat", "bimat*"):
        asked = client.get("/api/v1/entries", query_string={"q": words})
        assert asked.json["total"] == 0, words
    counted = client.get("/api/v1/entries").json
    assert counted["total"] == len(counted["items"])


def test_officials_read_agreements_and_find_them(office):
    agreed(office)
    registrar = Browser(office, Role.REGISTRAR)

    page = registrar.get(f"/doc/thoa-thuan/{IDENTIFIER}").get_data(as_text=True)
    assert NAME in page
    assert "Đất đai – Một cửa" in page  # what runs under it
    found = registrar.get("/tim-kiem?q=bimat").get_data(as_text=True)
    assert NAME in re.sub(r"</?(?:mark|strong|b)>", "", found)
    connection = registrar.get("/doc/ket-noi/QHKN-0001").get_data(as_text=True)
    assert NAME in connection


def test_what_names_a_hidden_kind_is_not_public(office):
    kinds = office.system.profile.kinds
    hidden = office.system.profile.hidden(Visibility.PUBLIC)

    assert hidden == {"agreement"}
    for kind in kinds.values():
        for dotted, field in kind.walk():
            if field.type is Type.REFERENCE and field.target_kind in hidden:
                assert field.audience is not Visibility.PUBLIC, dotted
