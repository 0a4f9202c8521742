"""What runs in production has what production installs, and nothing that only developers have."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# refuses whatever only the developers' lock names, then loads what a sandbox loads
_LOAD = """
import importlib, re, sys
from importlib.metadata import packages_distributions

def names(path):
    return set(re.findall(r"^([A-Za-z0-9_.-]+)==", open(path).read(), re.MULTILINE))

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

kept = set(map(plain, names("requirements.lock")))
ours = {plain(one) for one in names("requirements-dev.lock")} - kept
foreign = {
    top
    for top, owners in packages_distributions().items()
    if owners and all(plain(owner) in ours for owner in owners)
}

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in foreign:
            raise ModuleNotFoundError(f"only developers have {name}", name=name)

sys.meta_path.insert(0, Refusing())
module = importlib.import_module(sys.argv[1])
getattr(module, "warm", lambda: None)()
print(len(foreign))
"""


@pytest.mark.parametrize(
    "module",
    [
        "app.documents.papers.signed_copy",
        "app.documents.tables.sheets",
        "app.rdf.harvesting.parsing",
        "app.rdf.stores.answering",
        "app.factory",
    ],
)
def test_it_loads_with_the_packages_of_production_alone(module):
    run = subprocess.run(
        [sys.executable, "-c", _LOAD, module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert run.returncode == 0, run.stderr[-2000:]
    assert int(run.stdout.split()[-1]) > 10  # some packages were refused
