"""What `make bench` prints: the register with 10,000 generated entries, compared with a
trivial page of the same run.

Entries are illustrative shared databases of one agency. One part goes act by act
through the workflow, each act in a transaction of its own; the rest comes in by bulk, a
hundred proposals through all their acts in one transaction. Machines are noisy: compare
ratios within one run, never figures of two runs. BENCH_ENTRIES changes the number.
"""

import logging
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# the register before `tests/app`, which is none
sys.path.insert(0, str(Path(__file__).parents[1]))

from people import Browser
from support import Office, database, make_system

from app import logs
from app.factory import create_app
from app.permissions import Action, Role
from app.rdf.publishing import catalogue
from app.register.filters import Filter
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.actions import request_of
from app.workflow.proposals.inputs import ProposalRequest

logs.configure(logging.WARNING)  # a line for each request would drown the figures
MOST = int(os.environ.get("BENCH_ROUNDS", "1000"))
TOTAL = int(os.environ.get("BENCH_ENTRIES", "10000"))
STEPWISE = max(TOTAL // 20, 1)
BATCH = 100
WORDS = (
    "đất",
    "đai",
    "nhà",
    "ở",
    "giao",
    "thông",
    "môi",
    "trường",
    "y",
    "tế",
    "giáo",
    "dục",
    "lao",
    "động",
    "bảo",
    "hiểm",
    "doanh",
    "nghiệp",
    "hộ",
    "tịch",
    "thuế",
    "xây",
    "dựng",
)
THEMES = ("AGRI", "ECON", "EDUC", "ENVI", "GOVE", "HEAL", "JUST", "SOCI", "TRAN")
choose = random.Random(1)


def content(owner: str, basis: str, number: int) -> dict:
    """Return the content of one generated entry, marked illustrative."""
    title = f"Cơ sở dữ liệu {' '.join(choose.sample(WORDS, 4))} {number}"
    return database(
        owner,
        basis,
        title=title,
        theme=[choose.choice(THEMES)],
        illustrative=True,
        certainty="minh-hoa",
    )


@contextmanager
def timed(label: str, count: int, unit: str) -> Iterator[None]:
    """Print how many a second a block did."""
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    print(
        f"{label:<52} {count / seconds:>9.0f} {unit}/s  ({seconds:.1f} s)", flush=True
    )


def quantiles(label: str, work: Callable[[int], object], rounds: int = 100) -> float:
    """Print p50 and p95 of a call, in milliseconds; return p95."""
    taken = []
    for number in range(min(rounds, MOST)):
        start = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - start) * 1000)
    p95 = statistics.quantiles(taken, n=20)[18]
    print(
        f"{label:<52} p50 {statistics.median(taken):>7.1f} ms  p95 {p95:>7.1f} ms",
        flush=True,
    )
    return p95


def bulk(office: Office, contents: list[dict]) -> None:
    """Take contents through all their acts in one transaction."""
    with office.system.database.transaction() as session:
        for entry_content in contents:
            desk = Desk(
                session,
                office.system.profile,
                office.actors[Role.REGISTRAR],
                office.system.office,
            )
            proposal = service.propose(
                desk, ProposalRequest("shared-database", entry_content)
            )
            for action, who in WALK:
                acting = Desk(
                    session,
                    office.system.profile,
                    office.actors[who],
                    office.system.office,
                )
                service.act(
                    acting,
                    proposal.id,
                    proposal.lock_version,
                    request_of(action, {"seen_hash": proposal.content_hash}),
                )


WALK = (
    (Action.SUBMIT, Role.REGISTRAR),
    (Action.TAKE, Role.REVIEWER),
    (Action.RECOMMEND, Role.REVIEWER),
    (Action.APPROVE, Role.APPROVER),
)


def load(office: Office) -> None:
    """Load everything, and bring the projections up to date."""
    owner, basis = str(office.department), str(office.law())
    with timed(
        f"load through the workflow, act by act ({STEPWISE})", STEPWISE, "entries"
    ):
        for number in range(STEPWISE):
            office.enter("shared-database", content(owner, basis, number))
    with timed(
        f"load in bulk, {BATCH} a transaction ({TOTAL - STEPWISE})",
        TOTAL - STEPWISE,
        "entries",
    ):
        for start in range(STEPWISE, TOTAL, BATCH):
            bulk(
                office,
                [
                    content(owner, basis, n)
                    for n in range(start, min(start + BATCH, TOTAL))
                ],
            )
    with timed("index and representations from nothing", TOTAL, "entries"):
        office.system.follow()


def measure(office: Office) -> None:
    """Print the reading figures."""
    client = create_app(office.system).test_client()
    trivial = quantiles("trivial page (/tai-ve)", lambda _: client.get("/tai-ve"))
    queries = [f"{choose.choice(WORDS)} {choose.choice(WORDS)}" for _ in range(100)]
    pages = {
        "search with facets, two words": lambda n: client.get(
            "/tim-kiem", query_string={"q": queries[n]}
        ),
        "search with facets, a rare word": lambda n: client.get(
            "/tim-kiem", query_string={"q": str(n + 17)}
        ),
        "list with facets, no words": lambda _: client.get("/tim-kiem"),
        "list of a past day": lambda _: client.get("/api/v1/entries?as_of=2026-01-01"),
        "entry page": lambda n: client.get(f"/doc/csdl/CSDL-{n + 1:04d}"),
        "entry as Turtle": lambda n: client.get(f"/doc/csdl/CSDL-{n + 1:04d}.ttl"),
        "agency page (owner of all)": lambda _: client.get("/doc/co-quan/CQ-0001"),
    }
    for label, work in pages.items():
        p95 = quantiles(label, work, rounds=40)
        print(f"{'':<52} {p95 / trivial:>5.0f} × the trivial page")
    people(office, trivial)
    with office.reading(as_of=date(2026, 1, 1)) as register:
        quantiles(
            "as-of list, query alone", lambda _: register.page(Filter()), rounds=40
        )
    with office.reading() as register:
        for extension in ("nt", "ttl", "rdf", "jsonld"):
            with timed(f"catalogue as {extension}", TOTAL, "datasets"):
                size = sum(
                    map(
                        len,
                        catalogue.stream(register, office.system.settings, extension),
                    )
                )
            print(f"{'':<52} {size / 1e6:>9.1f} MB")


def people(office: Office, trivial: float) -> None:
    """Print the figures of the pages behind the log-in, with a hundred proposals open,
    and of writing.
    """
    owner, basis = str(office.department), str(office.law("2/2026/QĐ-UBND"))
    numbers = []
    for n in range(100):
        proposal_id = office.propose(
            "shared-database", content(owner, basis, TOTAL + n)
        )
        for action, who in WALK[: n % 3]:
            office.act(proposal_id, action, who)
        with office.desk(Role.REVIEWER) as desk:
            numbers.append(proposals.get(desk, proposal_id).number)
    registrar, reviewer = (
        Browser(office, Role.REGISTRAR),
        Browser(office, Role.REVIEWER),
    )
    drafts, reviewed = numbers[::3], numbers[2::3]
    address = f"/phieu/{drafts[0]}/phan/general"
    fields = registrar.fields(address)

    def write(n: int) -> None:
        form = {
            **fields,
            "form": f"bench{n}",
            "seal": registrar.fields(address)["seal"],
            "scope.vi": f"Phạm vi {n}",
        }
        start = time.perf_counter()
        registrar.post(address, form)
        written.append((time.perf_counter() - start) * 1000)

    written: list[float] = []
    for n in range(40):
        write(n)
    print(
        f"{'write: save a section':<52} p50 {statistics.median(written):>7.1f} ms  ",
        end="",
    )
    print(f"p95 {statistics.quantiles(written, n=20)[18]:>7.1f} ms", flush=True)
    pages = {
        "my tasks of a registrar": lambda _: registrar.get("/viec-cua-toi"),
        "form of a section": lambda n: registrar.get(
            f"/phieu/{drafts[n % len(drafts)]}/phan/content"
        ),
        "hub of a draft": lambda n: registrar.get(f"/phieu/{drafts[n % len(drafts)]}"),
        "names like this one": lambda n: registrar.get(
            f"/goi-y/giong?kind=shared-database&q=Cơ sở dữ liệu nhà đất {n}"
        ),
        "queue": lambda _: reviewer.get("/tham-dinh"),
        "review page": lambda n: reviewer.get(f"/phieu/{reviewed[n % len(reviewed)]}"),
    }
    for label, work in pages.items():
        if work(0).status_code != HTTPStatus.OK:
            raise SystemExit(f"{label}: {work(0).status}")
        p95 = quantiles(label, work, rounds=40)
        print(f"{'':<52} {p95 / trivial:>5.0f} × the trivial page")


def main() -> None:
    """Run everything in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(make_system(Path(folder))).open()
        load(office)
        measure(office)
    print(
        f"{'peak memory':<52} "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>9.0f} MB"
    )


if __name__ == "__main__":
    main()
