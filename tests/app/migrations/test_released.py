"""What was released is never edited: a database somewhere has been made by it."""

import hashlib

from conftest import ROOT

VERSIONS = ROOT / "app" / "migrations" / "versions"
RELEASED = {  # of 0.1.0 on; a new release adds its own
    "0001_first_release.py": "06eba8a64dccb2097ce78128c1408b2371f8560595e687d00f903efc0773d87a",  # pragma: allowlist secret
}


def test_a_migration_that_was_released_stays_as_it_is():
    for name, known in RELEASED.items():
        assert hashlib.sha256((VERSIONS / name).read_bytes()).hexdigest() == known, name
