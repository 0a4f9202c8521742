"""A secret planted in every non-public field is looked for wherever the public can look."""

import pytest
from support import database

from catalog_schema.profile import Type, Visibility

pytestmark = pytest.mark.slow

SECRET = "bimat"


def planted(office):
    """A database with a secret text in every non-public text field, and the secret's traces elsewhere."""
    profile = office.system.profile
    content = database(str(office.department), str(office.law()))
    secrets = {}
    for field in profile.kinds["shared-database"].fields:
        if field.audience is Visibility.PUBLIC:
            continue
        if field.type is Type.TEXT:
            secrets[field.name] = f"{SECRET}{field.name}"
        elif field.type is Type.LANG_TEXT:
            secrets[field.name] = {"vi": f"{SECRET}{field.name}"}
    content |= secrets | {
        "security_level": 5,
        "consumption_status": "mot-phan",
        "improvement_plan": "thay-the",
    }
    content["data_items"][0]["protection"] = "han-che"
    office.enter("shared-database", content)
    office.system.follow()
    return secrets


TRACES = (
    SECRET,
    "securityLevel",
    "security_level",
    "consumption",
    "improvement",
    "ns#protection",
    '"protection"',
    "Hạn chế",
    "stateSecret",
)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tim-kiem",
        "/tim-kiem?q=dat+dai",
        "/doc/csdl/CSDL-0001",
        "/doc/csdl/CSDL-0001?lang=en",
        *(f"/doc/csdl/CSDL-0001.{e}" for e in ("ttl", "rdf", "jsonld", "nt")),
        *(f"/catalog.{e}" for e in ("ttl", "rdf", "jsonld", "nt")),
        "/doc/co-quan/CQ-0001",
        "/api/v1/entries",
        "/api/v1/entries?q=dat",
        "/api/v1/entries/shared-database/CSDL-0001",
        "/api/v1/entries/shared-database/CSDL-0001/versions",
        "/muc/csdl/CSDL-0001/phien-ban/1",
        "/thay-doi?tu=2000-01-01",
        "/thay-doi.csv?tu=2000-01-01",
        "/api/v1/changes?since=2000-01-01",
    ],
)
def test_no_secret_is_in_any_public_answer(office, path):
    secrets = planted(office)
    assert len(secrets) >= 5

    answer = office.client().get(path)

    assert answer.status_code == 200
    body = answer.get_data(as_text=True)
    assert not [trace for trace in TRACES if trace in body]


def test_no_secret_can_be_searched_for_or_counted(office):
    secrets = planted(office)
    client = office.client()

    for value in secrets.values():
        text = value if isinstance(value, str) else value["vi"]
        assert (
            client.get("/api/v1/entries", query_string={"q": text}).json["total"] == 0
        )
        assert (
            client.get("/api/v1/entries", query_string={"q": text[:8] + "*"}).json[
                "total"
            ]
            == 0
        )
    for query in (
        "evidence:bimat",
        "minh-chung:bimat",
        "protection:han-che",
        "tinh-trang-khai-thac-tai-co-quan:mot-phan",
    ):
        assert (
            client.get("/api/v1/entries", query_string={"q": query}).status_code == 400
        )


def test_no_draft_is_anywhere(office):
    office.propose("agency", {"name": {"vi": "Sở Nhapnhap"}})
    office.system.follow()
    client = office.client()

    for path in (
        "/",
        "/tim-kiem?q=nhapnhap",
        "/co-quan",
        "/catalog.nt",
        "/api/v1/entries?q=nhapnhap",
    ):
        assert "Nhapnhap" not in client.get(path).get_data(as_text=True)
