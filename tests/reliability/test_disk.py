"""A real disk of 64 MB that fills up: reads go on, writes say so, and all is well when there is room again.

Needs the right to mount; without it (tests/conftest.py) this file is left out, and the disk of
tests/app/operations/test_health.py that SQLite's own limit fills stands for it.
"""

import os
import subprocess
import time

import pytest
from driver import asking, served

from app.permissions import Role

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


@pytest.fixture
def disk(tmp_path):
    """A disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(folder)], check=True
    )
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_stops_writing_and_nothing_else(disk):
    server = served(disk)
    basis = str(server.office.law())
    server.office.land()
    server.start(until="/healthz")
    assert server.propose(asking(server.office, basis, "Trước"))
    ballast = disk / "ballast"
    descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    with pytest.raises(OSError, match="No space"):
        while True:
            os.write(descriptor, b"x" * 4096)
    os.close(descriptor)

    written = [
        server.ask(
            "POST",
            "/api/v1/proposals",
            asking(server.office, basis, "Đầy"),
            Role.REGISTRAR,
        )
        for _ in range(20)
    ]
    # between two refusals a file may shrink and leave room for one write
    refused = [(status, text) for status, text, _headers in written if status != 201]
    reads = [
        server.ask("GET", path)[0]
        for path in ("/", "/tim-kiem?q=dat", "/doc/csdl/CSDL-0001", "/healthz") * 5
    ]
    assert refused
    assert {status for status, _text in refused} <= {503, 507}
    assert "hết chỗ" in refused[-1][1].decode()
    assert set(reads) == {200}
    assert server.ask("GET", "/readyz")[0] == 503

    ballast.unlink()
    freed = time.monotonic()
    while (
        server.ask(
            "POST",
            "/api/v1/proposals",
            asking(server.office, basis, "Sau"),
            Role.REGISTRAR,
        )[0]
        != 201
    ):
        assert time.monotonic() - freed < 10
    seconds = time.monotonic() - freed
    print(
        f"{len(refused)} writes refused, {len(reads)} reads answered, writing again {seconds:.1f} s after room came"
    )
    assert server.stop()[0] == 0
