"""schemathesis sends every operation what its description allows and what it does not, as every role: no server error, and every answer is as described: status, media type, headers, body.

FUZZ_EXAMPLES sets how many requests each operation gets from each role; `make nightly PART=fuzz` asks for 200.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from people import key_of
from schemathesis.checks import CHECKS
from support import Office, database, make_system

from app.factory import create_app
from app.permissions import Role

pytestmark = pytest.mark.slow
CONFORMITY = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    made = Office(make_system(tmp_path_factory.mktemp("fuzz"))).open()
    made.land()
    made.propose(
        "shared-database",
        database(str(made.department), str(made.law("2/2026/QĐ-UBND"))),
    )
    made.system.follow()
    return made


@pytest.fixture(scope="module")
def schema(office):
    return schemathesis.openapi.from_wsgi(
        "/api/openapi.json", create_app(office.system)
    )


@pytest.mark.parametrize("who", [None, *Role])
def test_every_answer_is_as_it_is_described_and_no_request_makes_the_server_fail(
    office, schema, who
):
    headers = {"Accept-Encoding": "identity"}
    if who is not None:
        headers["Authorization"] = f"Bearer {key_of(office, who)}"
    # known once a description has been read
    checks = CHECKS.get_by_names(CONFORMITY)
    seen = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case):
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=checks, headers=headers)

        send()
        seen += 1

    assert seen >= 16
