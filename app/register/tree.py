"""The agencies of a day as a tree, each with its codes in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT

# classes of agencies that stand below a province wherever their parent is not known
_LOCAL = frozenset({"so", "van-phong", "thanh-tra", "don-vi"})
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


def province_first(
    branches: list[Branch], committee: str
) -> tuple[list[Branch], dict[str, list[Branch]]]:
    """Return the branches of the province, whose People's Committee is called so, and
    the others by what they are: "central", "provinces", "others".
    """
    home: list[Branch] = []
    others: dict[str, list[Branch]] = {"central": [], "provinces": [], "others": []}
    for branch in branches:
        class_ = branch.agency.content.get("classification")
        if branch.agency.title == committee:
            home.insert(0, branch)
        elif class_ in _LOCAL:
            home.append(branch)
        else:
            others[_GROUPS.get(str(class_), "others")].append(branch)
    return home, {name: group for name, group in others.items() if group}


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
