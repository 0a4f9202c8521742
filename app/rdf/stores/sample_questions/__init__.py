"""Questions that agencies ask, as SPARQL: shown on the page to ask, run by the tests
and by the benchmark.

One file a question; its first two lines are its title in Vietnamese and in English.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """A question by its title in each language, and its query."""

    name: str
    labels: dict[str, str]
    text: str


@lru_cache(maxsize=1)
def read() -> tuple[Example, ...]:
    """Return every example, in order of their names."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.rq")))


def _read(path: Path) -> Example:
    first, second, text = path.read_text(encoding="utf-8").split("\n", 2)
    return Example(
        path.stem,
        {"vi": first.lstrip("# "), "en": second.lstrip("# ")},
        text.strip() + "\n",
    )
