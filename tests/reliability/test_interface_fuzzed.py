"""schemathesis sends every operation what its description allows and what it does not, as every role: no server error.

FUZZ_EXAMPLES sets how many requests each operation gets from each role; `make nightly PART=fuzz` asks for 200.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from people import key_of
from support import Office, database, make_system

from app.factory import create_app
from app.permissions import Role

pytestmark = pytest.mark.slow
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
def test_no_request_makes_the_server_fail(office, schema, who):
    headers = {}
    if who is not None:
        headers = {"Authorization": f"Bearer {key_of(office, who)}"}
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
            assert answer.status_code < 500, (
                case.method,
                case.path,
                answer.status_code,
            )

        send()
        seen += 1

    assert seen >= 16
