"""Runs the long proofs of one part, step by step (`make nightly PART=kills`); writes a line to docs/nightly.md.

A part that was stopped goes on after the last step that it had done on the same commit; the line that it writes at the
end counts all its runs together. Steps that fail are run again the next time.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRESS = ROOT / "var" / "nightly"
PAGE = ROOT / "docs" / "nightly.md"
LONG = {"RELIABILITY": "long"}
POSTGRESQL = {"TEST_DATABASE": "postgresql"}
EXAMPLES = {"FUZZ_EXAMPLES": "200"}
COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped)")


@dataclass(frozen=True)
class Step:
    """A command of a part, and what is set in its environment."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def proofs(*paths, only="all", **environment):
    """Return a step that runs tests: those of the part `only`, or all that the paths hold."""
    name = " ".join([only, *paths, *environment.values()])
    command = (
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "-p",
        "no:cacheprovider",
        "--nightly",
        only,
        *paths,
    )
    return Step(name, command, environment)


def script(path, *arguments, **environment):
    """Return a step that runs a script of ours."""
    return Step(
        " ".join([path, *arguments, *environment.values()]),
        (path, *arguments),
        environment,
    )


KILLED = (
    "kill",
    "crash",
    "search_killed",
    "succession_killed",
    "decision_killed",
    "measured_killed",
    "stop",
    "race",
    "crowd",
)
PARTS = {
    "kills": [
        proofs("tests", only="kills"),
        *(proofs(f"tests/reliability/test_{name}.py", **LONG) for name in KILLED),
        *(
            proofs(f"tests/reliability/test_{name}.py", **LONG, **POSTGRESQL)
            for name in ("crash", "race", "stop")
        ),
    ],
    "attack": [
        proofs("tests", only="attack"),
        script("tests/defences.py"),
        proofs(
            "tests/app/web/test_threats.py",
            "tests/app/web/test_hardened.py",
            "tests/app/test_sandbox.py",
        ),
        proofs("tests/app/rdf/test_parsing.py", "tests/app/rdf/test_sparql.py"),
        proofs("tests/reliability/test_hogs.py", **LONG),
        proofs("tests/reliability/test_tampered.py", TAMPERINGS="1000"),
    ],
    "search": [
        proofs("tests", only="search"),
        proofs("tests/search_eval"),
        proofs("tests/contracts/test_search_index.py"),
    ],
    "bench": [
        proofs("tests", only="bench"),
        *(
            script(f"benchmarks/{name}.py")
            for name in ("run", "agencies", "databases", "search", "harvest")
        ),
    ],
    "browser": [proofs("tests", only="browser"), proofs("tests/journeys")],
    "fuzz": [
        proofs("tests", only="fuzz"),
        proofs("tests/reliability/test_interface_fuzzed.py", **EXAMPLES),
        proofs(
            "tests/app/workflow/test_machine.py",
            "tests/app/register/test_histories.py",
            **EXAMPLES,
        ),
        proofs("tests/reliability/test_conformity.py", **LONG),
    ],
    "postgresql": [proofs("tests", only="postgresql", **POSTGRESQL)],
}


def commit():
    """Return the commit that is checked out, marked where files differ from it."""
    asked = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(
        asked, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def progress(part, now):
    """Return what was done of a part on this commit: the counts of each step, by its name."""
    path = PROGRESS / f"{part}.json"
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["commit"] == now:
            return known["steps"]
    return {}


def run(step):
    """Run a step; return its exit code and its counts, one passed or failed for a script."""
    begun = time.monotonic()
    environment = {**os.environ, **step.environment}
    process = subprocess.Popen(
        [sys.executable, *step.command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    code = process.wait()
    counts = Counter()
    if "pytest" in step.command:
        for number, word in COUNTED.findall(lines[-1] if lines else ""):
            counts[word.rstrip("s") if word.startswith("error") else word] += int(
                number
            )
        if code == 5:  # pytest: nothing was selected
            code = 1
    else:
        counts["failed" if code else "passed"] += 1
    counts["seconds"] = round(time.monotonic() - begun)
    return code, counts


def main():
    """Run one part; exit 1 when a step of it failed."""
    if len(sys.argv) != 2 or sys.argv[1] not in PARTS:
        sys.exit("PART is one of " + ", ".join(PARTS))
    part, now = sys.argv[1], commit()
    done = progress(part, now)
    failed = 0
    PROGRESS.mkdir(parents=True, exist_ok=True)
    for step in PARTS[part]:
        if step.name in done:
            print(f"done already: {step.name}", flush=True)
            continue
        print(f"== {step.name}", flush=True)
        code, counts = run(step)
        if code:
            failed += 1
            print(f"failed: {step.name}", flush=True)
            continue
        done[step.name] = counts
        state = json.dumps({"commit": now, "steps": done}, indent=1)
        (PROGRESS / f"{part}.json").write_text(state, encoding="utf-8")
    total = Counter()
    for counts in done.values():
        total.update(counts)
    result = f"{total['passed']} passed, {total['skipped']} skipped, {failed} of {len(PARTS[part])} steps failed"
    line = f"| {datetime.now(UTC):%Y-%m-%d} | {now} | {part} | {result} | {total['seconds']} s |"
    print(line)
    with PAGE.open("a", encoding="utf-8") as page:
        page.write(line + "\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
