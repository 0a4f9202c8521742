"""The agencies of a day as a tree, each with its codes in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT

# classes of agencies that stand below a province wherever their parent is not known
_LOCAL = frozenset({"so", "van-phong", "thanh-tra", "don-vi"})
_VERTICAL, _COMMITTEE = "nganh-doc", "ubnd"
_COUNCIL_NAME, _COMMITTEE_NAME = "Hội đồng nhân dân", "Ủy ban nhân dân"
_GROUPS = {
    "bo": "central",
    "trung-uong": "central",
    "ubnd": "provinces",
    "hdnd": "provinces",
}


@dataclass(frozen=True)
class Branch:
    """An agency, its codes, and the agencies below it in Vietnamese order."""

    agency: EntryView
    codes: list[EntryView]
    below: list["Branch"]


def agencies(register: Register) -> list[Branch]:
    """Return the agencies that have no parent in force, each with its branch; a circle
    of parents is cut.
    """
    views = register.all(Filter(kinds=("agency",), states=PRESENT))
    views.sort(key=lambda view: view.sort_key)
    present = {view.id for view in views}
    below: dict[UUID | None, list[EntryView]] = {}
    for view in views:
        parent = UUID(view.content["parent"]) if view.content.get("parent") else None
        below.setdefault(parent if parent in present else None, []).append(view)
    codes, reached = _codes(register), set[UUID]()
    roots = [_branch(view, below, codes, reached) for view in below.get(None, [])]
    return roots + [
        _branch(view, below, codes, reached) for view in views if view.id not in reached
    ]


@dataclass(frozen=True)
class Grouped:
    """The agencies of a day as somebody of the province looks for them: council,
    committee and what is directly below it; branches of central agencies in the
    province; the committees of its communes; all others by what they are.
    """

    province: list[Branch]
    offices: list[Branch]
    vertical: list[Branch]
    communes: list[Branch]
    others: Mapping[str, list[Branch]]


def province_first(branches: list[Branch], committee: str) -> Grouped:
    """Return the branches grouped; `committee` is how the People's Committee of the
    province is called. Others are "central", "provinces", "others".
    """
    council = committee.replace(_COMMITTEE_NAME, _COUNCIL_NAME)
    head: dict[str, Branch] = {}
    below: list[Branch] = []
    others: dict[str, list[Branch]] = {"central": [], "provinces": [], "others": []}
    for branch in branches:
        class_ = _class(branch)
        if branch.agency.title in (council, committee):
            head[branch.agency.title] = branch
        elif class_ in _LOCAL:
            below.append(branch)
        elif class_ != _VERTICAL:
            others[_GROUPS.get(class_, "others")].append(branch)
    if committee in head:
        below = [*head[committee].below, *below]
    everyone = [inner for branch in branches for inner in _flat(branch)]
    return Grouped(
        [head[title] for title in (council, committee) if title in head],
        [branch for branch in below if _class(branch) != _COMMITTEE],
        [branch for branch in everyone if _class(branch) == _VERTICAL],
        [branch for branch in below if _class(branch) == _COMMITTEE],
        {name: group for name, group in others.items() if group},
    )


def _class(branch: Branch) -> str:
    return str(branch.agency.content.get("classification"))


def _flat(branch: Branch) -> list[Branch]:
    """Return a branch and all below it."""
    return [branch, *(inner for child in branch.below for inner in _flat(child))]


def size(branch: Branch) -> int:
    """Return how many agencies a branch has."""
    return 1 + sum(map(size, branch.below))


def _branch(
    view: EntryView,
    below: Mapping[UUID | None, list[EntryView]],
    codes: Mapping[UUID, list[EntryView]],
    reached: set[UUID],
) -> Branch:
    reached.add(view.id)
    children = [
        _branch(child, below, codes, reached)
        for child in below.get(view.id, [])
        if child.id not in reached
    ]
    return Branch(view, codes.get(view.id, []), children)


def _codes(register: Register) -> dict[UUID, list[EntryView]]:
    criteria = Filter(
        kinds=("identifier-code",), states=PRESENT, facts={"status": ("dang-dung",)}
    )
    by_agency: dict[UUID, list[EntryView]] = {}
    for view in register.all(criteria):
        if view.content.get("holder"):
            by_agency.setdefault(UUID(view.content["holder"]), []).append(view)
    return by_agency
