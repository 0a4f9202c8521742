"""What every figure about the province's own databases counts."""

from uuid import uuid4

import pytest

from app.register import own_databases
from app.register.content.facts import UNDETERMINED

HELD, ENDED = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("bases", "rests"),
    [([HELD], True), ([HELD, ENDED], True), ([ENDED], False), ([], False)],
)
def test_a_database_rests_on_law_while_one_basis_that_it_names_holds(bases, rests):
    content = {"legal_basis": [str(basis) for basis in bases]}

    assert own_databases.rests_on_law(content, {ENDED}) is rests


@pytest.mark.parametrize(
    ("content", "classified"),
    [
        ({"sharing_class": "dung-chung"}, True),
        ({"sharing_class": UNDETERMINED}, False),
        ({}, False),
    ],
)
def test_what_is_undetermined_is_not_classified(content, classified):
    assert own_databases.is_classified(content) is classified


def test_a_law_that_ended_is_found_among_the_bases(office):
    law = office.law("1/2026/QĐ-UBND")
    ended = office.law("2/2026/QĐ-UBND", in_force_to="2026-01-02")
    contents = [{"legal_basis": [str(law)]}, {"legal_basis": [str(ended)]}]

    with office.reading() as register:
        assert own_databases.lapsed(register, contents).keys() == {ended}
