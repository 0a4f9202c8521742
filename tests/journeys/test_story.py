"""The story: propose → submit → take → return with a finding → mend → recommend → approve → found → fetched."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT
from rdflib import Graph, Literal, URIRef
from support import database

from app.errors import InvalidError
from app.permissions import Action, Role
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.lifecycle import Status
from catalog_schema.namespaces import DCAT, DCT, RDF


def test_from_a_proposal_to_turtle_through_services_and_http(office):
    client = office.client()
    incomplete = database(
        str(office.department), str(office.law()), title="Cơ sở dữ liệu đất đai"
    )
    del incomplete["access_rights"]

    proposal = office.propose("shared-database", incomplete)
    assert office.act(proposal, Action.SUBMIT, Role.REGISTRAR) == Status.SUBMITTED
    assert office.act(proposal, Action.TAKE, Role.REVIEWER) == Status.IN_REVIEW
    remark = Remark("access_rights", "Chọn mức độ công khai")
    back = office.act(
        proposal,
        Action.RETURN,
        Role.REVIEWER,
        remarks=(remark,),
        reason="Còn thiếu một trường",
    )
    assert back == Status.RETURNED
    office.system.follow()
    assert client.get("/api/v1/entries?q=dat+dai").json["total"] == 0

    mended = {**incomplete, "access_rights": "RESTRICTED"}
    office.act(proposal, Action.EDIT, Role.REGISTRAR, content=mended)
    office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    office.act(proposal, Action.TAKE, Role.REVIEWER)
    with pytest.raises(InvalidError):
        office.act(proposal, Action.RECOMMEND, Role.REVIEWER)
    office.act(proposal, Action.RESOLVE, Role.REVIEWER)
    office.act(proposal, Action.RECOMMEND, Role.REVIEWER)
    with office.desk(Role.APPROVER) as desk:
        seen = proposals.get(desk, proposal).content_hash
    assert (
        office.act(proposal, Action.APPROVE, Role.APPROVER, seen_hash=seen)
        == Status.ENTERED
    )
    office.system.follow()

    found = client.get("/tim-kiem?q=co so du lieu dat dai").get_data(as_text=True)
    assert "CSDL-0001" in found
    iri = client.get("/api/v1/entries?q=co+so+du+lieu+dat+dai").json["items"][0]["iri"]
    assert iri == "https://danhmuc.example/id/csdl/CSDL-0001"
    answer = client.get(
        "/id/csdl/CSDL-0001", headers={"Accept": "text/turtle"}, follow_redirects=True
    )
    graph = Graph().parse(data=answer.data, format="turtle")
    assert (URIRef(iri), RDF.type, DCAT.Dataset) in graph
    assert graph.value(URIRef(iri), DCT.title) == Literal(
        "Cơ sở dữ liệu đất đai", lang="vi"
    )
    with office.desk(Role.APPROVER) as desk:
        done = proposals.get(desk, proposal)
        assert done.approved_hash == done.content_hash == seen


@pytest.fixture
def run(demo_copy, tmp_path):
    """The command line on a copy of the demonstration; gives what it printed, `ok` says whether it should work."""

    def run(*arguments, ok=True):
        command = [sys.executable, "-m", "app.cli", *map(str, arguments)]
        environment = {
            "DANHMUC_CONFIG": str(tmp_path / "copy" / "demo.toml"),
            "PATH": "/usr/bin:/bin",
        }
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert (done.returncode == 0) == ok, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return run


@pytest.mark.nightly("browser")
@pytest.mark.slow
def test_the_same_story_by_command_line(run, tmp_path):
    people = {
        line.split("\t")[1]: line.split("\t")[0]
        for line in run("user", "list").splitlines()
        if "Cán bộ đầu mối CQ" not in line
    }
    content = {
        "name": {"vi": "Trung tâm Chuyển đổi số (thử)"},
        "classification": "don-vi",
        "sector": "ubnd",
        "spatial": "VNM",
        "illustrative": True,
        "certainty": "minh-hoa",
    }
    (tmp_path / "bad.json").write_text("{nope")
    (tmp_path / "short.json").write_text(json.dumps({"name": {"vi": ""}}))
    (tmp_path / "good.json").write_text(json.dumps(content))

    assert "JSON" in run(
        "propose",
        tmp_path / "bad.json",
        "--kind",
        "agency",
        "--as",
        people["registrar"],
        ok=False,
    )
    number = (
        run(
            "propose",
            tmp_path / "short.json",
            "--kind",
            "agency",
            "--as",
            people["registrar"],
        )
        .split()[1]
        .rstrip(":")
    )
    assert "Tên cơ quan" in run(
        "act", number, "submit", "--as", people["registrar"], ok=False
    )
    edit = (
        "act",
        number,
        "edit",
        "--as",
        people["registrar"],
        "--content",
        tmp_path / "good.json",
    )
    run(*edit)
    run("act", number, "submit", "--as", people["registrar"])
    run("act", number, "take", "--as", people["reviewer"])
    assert "lý do" in run(
        "act",
        number,
        "return",
        "--as",
        people["reviewer"],
        "--finding",
        "name=Ghi đủ",
        ok=False,
    )
    run(
        "act",
        number,
        "return",
        "--as",
        people["reviewer"],
        "--finding",
        "name=Ghi đủ",
        "--reason",
        "Tên chưa đủ",
    )
    assert "Ghi đủ" in run("show", number, "--as", people["registrar"])
    run(*edit)
    run("act", number, "submit", "--as", people["registrar"])
    run("act", number, "take", "--as", people["reviewer"])
    run("act", number, "resolve", "--as", people["reviewer"])
    run("act", number, "recommend", "--as", people["reviewer"])
    assert "đã xem" in run(
        "act",
        number,
        "approve",
        "--as",
        people["approver"],
        "--seen",
        "0" * 64,
        ok=False,
    )
    seen = (
        run("show", number, "--as", people["approver"]).split("nội dung ")[1].split()[0]
    )
    assert "entered" in run(
        "act", number, "approve", "--as", people["approver"], "--seen", seen
    )
    assert "lệch" in run("check", ok=False)
    run("follow", "--once")
    assert "lệch" not in run("check")
    assert "nguyên vẹn" in run("journal", "verify")
    assert "Trung tâm Chuyển đổi số" in run("export", "ttl")
    assert "agency" in run(
        "import",
        ROOT / "fixtures/reference/provinces.csv",
        "--kind",
        "zz",
        "--as",
        people["registrar"],
        ok=False,
    )
