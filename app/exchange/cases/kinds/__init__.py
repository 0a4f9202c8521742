"""The kinds of cases that there are: a module each, a line here."""

from collections.abc import Mapping

from app.errors import NotFoundError
from app.exchange.cases.kind import CaseKind
from app.exchange.cases.kinds import demands, obstacles, requests, tasks

KINDS: Mapping[str, CaseKind] = {
    kind.name: kind
    for kind in (requests.KIND, demands.KIND, obstacles.KIND, tasks.KIND)
}


def kind_of(name: str) -> CaseKind:
    """Return a kind by its name; NotFoundError for none."""
    try:
        return KINDS[name]
    except KeyError:
        raise NotFoundError("Không có loại việc này") from None
