"""A client that openapi-python-client makes of the description alone walks from a draft to what is entered."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from people import key_of
from support import database

from app.factory import create_app
from app.permissions import Role

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """Make the client and import it."""
    folder, tools = tmp_path_factory.mktemp("client"), Path(sys.executable).parent
    described = subprocess.run(
        [tools / "danhmuc", "openapi"], check=True, capture_output=True
    )
    (folder / "openapi.json").write_bytes(described.stdout)
    made = subprocess.run(
        [
            tools / "openapi-python-client",
            "generate",
            "--path=openapi.json",
            "--output-path=register_client",
            "--meta=none",
        ],
        cwd=folder,
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        check=True,
        capture_output=True,
        text=True,
    )
    # what it cannot make it leaves out, with a warning
    assert "warning" not in made.stdout.lower() + made.stderr.lower()
    sys.path.insert(0, str(folder))
    yield importlib.import_module("register_client")
    sys.path.remove(str(folder))


class Program:
    """The generated client with the key of a role, at an application in this process."""

    def __init__(self, generated, office, who):
        self.client = generated.client.AuthenticatedClient(
            base_url="https://danhmuc.example",
            token=key_of(office, who),
            httpx_args={
                "transport": httpx.WSGITransport(app=create_app(office.system))
            },
        )

    def __call__(self, module, *args, status=200, **arguments):
        operation = importlib.import_module(f"register_client.api.{module}")
        answer = operation.sync_detailed(*args, client=self.client, **arguments)
        assert answer.status_code == status, answer.content.decode()
        return answer

    def act(self, models, number, action, **body):
        read = self("proposals.get_api_v1_proposals_number", number)
        return self(
            "proposals.post_api_v1_proposals_number_actions_action",
            number,
            action,
            if_match=read.headers["ETag"],
            body=models.DeedBody.from_dict(body),
        ).parsed


def test_a_client_made_of_the_description_walks_from_a_draft_to_what_is_entered(
    generated, office
):
    models = importlib.import_module("register_client.models")
    registrar = Program(generated, office, Role.REGISTRAR)
    reviewer = Program(generated, office, Role.REVIEWER)
    approver = Program(generated, office, Role.APPROVER)
    content = database(str(office.department), str(office.law()))

    draft = registrar(
        "proposals.post_api_v1_proposals",
        status=201,
        body=models.NewProposal.from_dict(
            {"kind": "shared-database", "content": content}
        ),
    ).parsed
    problems = registrar(
        "proposals.get_api_v1_proposals_number_problems", draft.number
    ).parsed
    assert problems == []
    assert registrar.act(models, draft.number, "submit").status == "submitted"
    reviewer.act(models, draft.number, "take")
    reviewer.act(models, draft.number, "recommend")
    seen = approver("proposals.get_api_v1_proposals_number", draft.number).parsed
    entered = approver.act(models, draft.number, "approve", seen_hash=seen.content_hash)
    assert entered.status == "entered"

    office.system.follow()
    page = registrar("v1.get_api_v1_entries", q="đất đai").parsed
    assert [(found.title, found.valid_to) for found in page.items] == [
        (content["title"]["vi"], None)
    ]
    refused = registrar("proposals.get_api_v1_proposals_number", 999, status=404).parsed
    assert (refused.status, refused.type_) == (404, "urn:danhmuc:problem:not-found")
