"""The texts that `tests/defences.py` takes out stand where it looks for them."""

from pathlib import Path

import pytest
from defences import DEFENCES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda d: f"{d.threat} {d.file}")
def test_what_is_taken_out_is_there(defence):
    assert defence.old in (ROOT / defence.file).read_text(encoding="utf-8")
