"""The benchmarks run: each on a handful of entries, so that a figure can be taken on any day."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

SMALL = {
    **dict.fromkeys(
        ("BENCH_ENTRIES", "BENCH_AGENCIES", "BENCH_SERVED", "BENCH_HARVEST"), "5"
    ),
    "BENCH_ROWS": "60",
    "BENCH_CONNECTIONS": "60",
    "BENCH_ROUNDS": "2",
    "BENCH_SIZES": "50",
    "BENCH_SECONDS": "0.2",
}


# ten to twenty seconds each, even on a handful of entries
LONG = {
    "databases",
    "harvest",
    "agencies",
    "search",
    "run",
}
PROGRAMS = [
    pytest.param(
        path,
        id=path.stem,
        marks=[pytest.mark.nightly("bench")] if path.stem in LONG else [],
    )
    for path in sorted((ROOT / "benchmarks").glob("*.py"))
]


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_benchmark_runs(program):
    ran = subprocess.run(
        [sys.executable, program],
        env=os.environ | SMALL,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert " ms" in ran.stdout or "/s" in ran.stdout
