"""Whatever agencies live through: no code is used twice, no tree has a circle, no closed code leads nowhere."""

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from province import Province, overlapping
from support import forget, opened_office

from app import journal
from app.errors import DanhmucError, NotFoundError
from app.operations import audits
from app.register import codes
from app.register.codes import CodeStatus
from app.register.filters import Filter
from app.register.standing import State

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
START = date(2021, 1, 1)
PRESENT = (State.IN_FORCE, State.SUSPENDED)
DEEDS = (
    "open",
    "rename",
    "sap-nhap",
    "hop-nhat",
    "chia",
    "tach",
    "giai-the",
    "data",
    "dinh-chinh",
)


def do(province, deed, picks, day):
    """Do one thing with agencies that stand that day, as `picks` choose them; the register may refuse it."""
    alive = [
        entry
        for entry in province.agencies.values()
        if province.view(entry, day).state in PRESENT
    ]
    chosen = (
        list(dict.fromkeys(alive[pick % len(alive)] for pick in picks)) if alive else []
    )
    name = f"Sở {len(province.agencies)}"
    if deed == "open" or len(chosen) < 2:
        parent = chosen[0] if chosen else None
        made = province.agency(name, parent, since=day)
        above = held(province, parent, day) if parent else None
        if above:
            province.code(f"{above}.{len(province.agencies)}", made, above, since=day)
        return
    first, *others = chosen
    if deed == "rename":
        province.succeed("doi-ten", [first], [], day=day, new_name={"vi": name})
    elif deed == "dinh-chinh":
        wrong = acts(province)[picks[0] % len(acts(province))]
        since = date.fromisoformat(wrong.content["date"])
        province.succeed(
            "dinh-chinh", chosen[:1], [], day=since, corrects=str(wrong.id)
        )
    elif deed == "data":
        province.databases(first, 1, since=day)
    elif deed == "sap-nhap":
        province.succeed("sap-nhap", [first], others[:1], day=day)
    elif deed == "hop-nhat":
        made = province.agency(name, None, since=day)
        province.succeed("hop-nhat", chosen[:2], [made], day=day)
    elif deed == "giai-the":
        province.succeed(
            "giai-the", [first], others[:1] if picks[0] % 2 else [], day=day
        )
    else:
        lines = province.plan(deed, [first], others, day=day)
        things = (
            [line.key for line in [*lines.unassigned, *lines.lines]]
            if deed == "chia"
            else named(province, first, day)
        )
        shares = [
            {"item": key, "to": str(others[place % len(others)])}
            for place, key in enumerate(things)
        ]
        province.succeed(deed, [first], others, day=day, assignment=shares)


def acts(province):
    with province.office.reading() as register:
        found = [
            view
            for view in register.all(Filter(("succession",)))
            if view.content["type"] != "dinh-chinh"
        ]
    if not found:
        raise NotFoundError("there is nothing to correct")
    return found


def named(province, agency, day):
    plan = province.plan("sap-nhap", [agency], [agency], day=day)
    return [line.key for line in plan.lines if line.what in ("entry", "agency")]


def held(province, holder, day):
    with province.office.reading(as_of=day) as register:
        found = codes.in_use(register, [holder]).get(holder)
    return found.title if found else None


def sound(province, day):
    """Say what is wrong with the register on a day."""
    wrong = []
    with province.office.reading(as_of=day) as register:
        agencies = {
            view.id: view
            for view in register.all(Filter(("agency",)))
            if view.state in PRESENT
        }
        for view in agencies.values():
            seen, at = set(), view
            while at is not None and at.content.get("parent"):
                if at.id in seen:
                    wrong.append((day, "circle", view.title))
                    break
                seen.add(at.id)
                parent = UUID(at.content["parent"])
                if parent not in agencies:
                    wrong.append((day, "orphan", at.title))
                at = agencies.get(parent)
        every = register.all(Filter(("identifier-code",)))
        used = [
            view
            for view in every
            if view.content["status"] == "dang-dung" and view.state in PRESENT
        ]
        holders = [view.content["holder"] for view in used]
        wrong += [
            (day, "two codes", holder)
            for holder in set(holders)
            if holders.count(holder) > 1
        ]
        wrong += [
            (day, "ended holder", v.title)
            for v in used
            if UUID(v.content["holder"]) not in agencies
        ]
        closed = [
            view
            for view in every
            if view.content["status"] == "da-dong" and view.state is not State.NOT_YET
        ]
        shut = [view.title for view in closed]
        for answer in codes.resolve(register, shut):
            explicit = [
                v
                for v in register.by_ids([answer.hits[0].holder.id]).values()
                if v.state is State.ENDED
            ]
            if not answer.names and not explicit:
                wrong.append((day, "leads nowhere", answer.asked))
            assert answer.standing is CodeStatus.CLOSED
    return wrong


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(DEEDS),
            st.lists(st.integers(0, 50), min_size=3, max_size=3),
            st.integers(0, 90),
        ),
        min_size=4,
        max_size=9,
    )
)
def test_random_histories_keep_the_tree_and_the_codes_sound(deeds):
    with tempfile.TemporaryDirectory() as folder:
        office = opened_office(Path(folder))
        province = Province(office)
        province.decision = str(office.law())
        root = province.agency("UBND tỉnh", since=START)
        province.code("Y19", root, since=START)
        province.agency("Sở Đầu", root, since=START)
        day, days, refused = START, [START], 0
        for deed, picks, pause in deeds:
            day += timedelta(days=pause)
            days.append(day)
            try:
                do(province, deed, picks, day)
            except DanhmucError:
                refused += 1
        wrong = [
            found
            for one in sorted(set(days))
            for at in (one - timedelta(days=1), one)
            for found in sound(province, at)
        ]
        values = [view.title for view in province.codes().values()]
        assert wrong == []
        assert len(values) == len(set(values))
        with office.system.database.reading() as session:
            assert overlapping(session) == []
            assert journal.verify(journal.rows(session))[1] is None
            assert audits.altered_versions(session, office.system.profile) == []
        forget(office.system)
