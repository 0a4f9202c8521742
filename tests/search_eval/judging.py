"""The queries with their graded answers, and the figures by which a ranking is judged."""

import csv
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

QUERIES = Path(__file__).parent / "queries.tsv"
GOOD = 2  # the grade from which on an answer is what was looked for
DEPTH = 10


@dataclass(frozen=True)
class Judged:
    """A query of a class and a half (`tune`, `test`), and the grade (1 to 3) of each answer by its key."""

    group: str
    half: str
    text: str
    grades: Mapping[str, int]

    def of(self, keys: frozenset[str]) -> int:
        """Return the grade of a document that has these keys."""
        return max((self.grades.get(key, 0) for key in keys), default=0)


@dataclass(frozen=True)
class Figures:
    """Means over some queries."""

    ndcg: float
    mrr: float
    success: float


def queries() -> list[Judged]:
    """Return the queries; those of the class `nfd` are decomposed, as some phones and computers send them."""
    found = []
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            answers = [answer.split(" ", 1) for answer in row["answers"].split("; ")]
            text = (
                unicodedata.normalize("NFD", row["query"])
                if row["class"] == "nfd"
                else row["query"]
            )
            grades = {key: int(grade) for grade, key in answers}
            found.append(Judged(row["class"], row["half"], text, grades))
    return found


def judge(
    results: Sequence[tuple[Judged, Sequence[frozenset[str]]]],
    corpus: Sequence[frozenset[str]],
) -> Figures:
    """Return the means for these queries, each with the keys of what was found, best first."""
    rows = [
        _one(query, [query.of(keys) for keys in found[:DEPTH]], corpus)
        for query, found in results
    ]
    return Figures(*(fmean(column) for column in zip(*rows, strict=True)))


def _one(
    query: Judged, grades: list[int], corpus: Sequence[frozenset[str]]
) -> tuple[float, float, float]:
    ideal = _gain(sorted((query.of(keys) for keys in corpus), reverse=True)[:DEPTH])
    good = next((place for place, grade in enumerate(grades, 1) if grade >= GOOD), None)
    return (
        _gain(grades) / ideal,
        1 / good if good else 0.0,
        float(bool(good and good <= 3)),
    )


def _gain(grades: Sequence[int]) -> float:
    return sum(
        (2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1)
    )
