"""What the two databases cost: requests a second of list, entry and write, on SQLite
and PostgreSQL, 1 and 8 clients.

Each database gets the same register, served by `danhmuc serve` on this machine; clients
are processes of their own and open a connection for each request. Both keep their files
on the same disk, so that a commit costs what it costs there. Compare within one run;
BENCH_SERVED changes the number of entries, BENCH_SECONDS how long each figure is taken.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(Path(__file__).parent)]

ENTRIES = int(os.environ.get("BENCH_SERVED", "1000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
DATABASES = ("sqlite", "postgresql")


def client(port: int, work: str, key: str, body: str, number: int) -> int:
    """Ask again and again for a while; return how many answers came."""
    answers, until = 0, time.monotonic() + SECONDS
    headers = (
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        if work == "write"
        else {}
    )
    while time.monotonic() < until:
        paths = {
            "list": "/tim-kiem",
            "entry": f"/doc/csdl/CSDL-{(number * 97 + answers) % ENTRIES + 1:04d}",
        }
        method, path = (
            ("POST", "/api/v1/proposals") if work == "write" else ("GET", paths[work])
        )
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(method, path, body if work == "write" else None, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status not in {200, 201}:
            raise SystemExit(f"{path}: {answer.status}")
        answers += 1
    return answers


def one(name: str) -> None:
    """Load and serve one register on the database of TEST_DATABASE, and print its
    figures.
    """
    from driver import asking, served  # noqa: PLC0415 - the database is chosen before this
    from run import BATCH, bulk, content  # noqa: PLC0415

    from app.permissions import Role  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        server = served(Path(folder))
        owner, basis = str(server.office.department), str(server.office.law())
        for start in range(0, ENTRIES, BATCH):
            bulk(
                server.office,
                [
                    content(owner, basis, n)
                    for n in range(start, min(start + BATCH, ENTRIES))
                ],
            )
        server.office.system.follow()
        server.start(until="/healthz")
        body = json.dumps(asking(server.office, basis, "Cơ sở dữ liệu thử"))
        for kind in ("list", "entry", "write"):
            figures = []
            for clients in (1, 8):
                work = partial(
                    client, server.port, kind, server.keys[Role.REGISTRAR], body
                )
                with ProcessPoolExecutor(clients) as pool:
                    figures.append(sum(pool.map(work, range(clients))) / SECONDS)
            shown = "".join(f"{figure:>10.0f}/s" for figure in figures)
            print(f"{kind:<8} {name:<12} 1 and 8 clients {shown}", flush=True)
        server.stop()


def main() -> None:
    """Measure one database after the other, in processes of their own."""
    for name in DATABASES:
        environment = {
            **os.environ,
            "TEST_DATABASE": name,
            "DANHMUC_PG_FOLDER": tempfile.gettempdir(),
        }
        subprocess.run([sys.executable, __file__, name], env=environment, check=True)


if __name__ == "__main__":
    one(sys.argv[1]) if len(sys.argv) > 1 else main()
