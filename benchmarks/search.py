"""What `make bench-search` prints: each way to search at each size, beside SQLite FTS5
in the same run.

The words follow Zipf's law over some 60,000 terms: Vietnamese syllables, made of real
parts, and codes. A search is what the service does: the index finds, filters and
counts; the first are ranked. One that takes more than half a second is refused, and
counted. Every way runs in a process of its own, so that its memory is its own.
BENCH_SIZES (10000,100000 as it comes) and BENCH_WAYS choose; a million takes an hour.
Compare ratios within one run.
"""

import itertools
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
# the register before `tests/app`, which is none
sys.path.insert(0, str(Path(__file__).parents[1]))

import postgres
from sqlalchemy import create_engine, text

from app.errors import UnavailableError
from app.search import opening, spelling
from app.search.grammar import grammar_of
from app.search.port import KIND, STATE, Document, IndexQuery
from app.search.projection import weights
from app.search.ranking import Ranking
from app.search.service import POOL
from app.vietnamese import fold
from catalog_schema import profile as profiles
from catalog_schema.profile import Visibility

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000,100000").split(",")]
WAYS = os.environ.get("BENCH_WAYS", "fts5,whoosh,tantivy,postgresql").split(",")
LONG = 5  # letters of a word that may be mistyped
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
_WHOOSH_MOST = 30_000  # entries to which Whoosh is meant for use
_ONSETS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gh",
    "gi",
    "h",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "ngh",
    "nh",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
_RIMES = [
    "a",
    "ac",
    "ach",
    "ai",
    "am",
    "an",
    "ang",
    "anh",
    "ao",
    "ap",
    "at",
    "au",
    "ay",
    "e",
    "em",
    "en",
    "eng",
    "eo",
    "et",
    "i",
    "ia",
    "ich",
    "iem",
    "ien",
    "ieng",
    "iep",
    "iet",
    "ieu",
    "im",
    "in",
    "inh",
    "ip",
    "it",
    "iu",
    "o",
    "oa",
    "oai",
    "oan",
    "oang",
    "oat",
    "oc",
    "oi",
    "om",
    "on",
    "ong",
    "op",
    "ot",
    "u",
    "ua",
    "uan",
    "uat",
    "uc",
    "ui",
    "um",
    "un",
    "ung",
    "uoc",
    "uoi",
    "uom",
    "uon",
    "uong",
    "uot",
    "up",
    "ut",
    "uu",
    "uy",
    "uyen",
    "uyet",
]
_MARKED = {
    "a": "aàáạảãâầấậăằắặ",
    "e": "eèéẹẻêềếệ",
    "i": "iìíịỉ",
    "o": "oòóọỏôồốộơờớợ",
    "u": "uùúụủưừứự",
    "y": "yýỳ",
}
_THEMES = (
    "AGRI",
    "ECON",
    "EDUC",
    "ENVI",
    "GOVE",
    "HEAL",
    "JUST",
    "REGI",
    "SOCI",
    "TECH",
    "TRAN",
)
_PUBLIC = Visibility.PUBLIC


class Corpus:
    """Generated entries: the same number is always the same entry."""

    def __init__(self) -> None:
        choose = random.Random(5)
        plain = [onset + rime for onset in _ONSETS for rime in _RIMES]
        syllables = {self._marked(choose, choose.choice(plain)) for _ in range(40_000)}
        codes = [f"{letter}{number}" for letter in "abcdefgh" for number in range(6000)]
        self.words = [
            *choose.sample(sorted(syllables), len(syllables)),
            *choose.sample(codes, len(codes)),
        ]
        self._shares = list(
            itertools.accumulate(1 / rank for rank in range(1, len(self.words) + 1))
        )

    @staticmethod
    def _marked(choose: random.Random, syllable: str) -> str:
        place = next(
            place for place, letter in enumerate(syllable) if letter in "aeiouy"
        )
        return (
            syllable[:place]
            + choose.choice(_MARKED[syllable[place]])
            + syllable[place + 1 :]
        )

    def document(self, number: int) -> Document:
        """Return an entry."""
        choose = random.Random(number)
        words = choose.choices(self.words, cum_weights=self._shares, k=46)
        texts = {
            "identifier": (f"CSDL-{number:07d}",),
            "title": (" ".join(words[:6]),),
            "description": (" ".join(words[6:30]),),
            "keyword": (" ".join(words[30:32]), " ".join(words[32:34])),
            "data_items.name": tuple(
                " ".join(words[at : at + 3]) for at in (34, 37, 40, 43)
            ),
        }
        facts = {
            KIND: ("shared-database",),
            STATE: ("in-force" if choose.random() < 0.9 else "ended",),  # noqa: PLR2004
            "theme": (choose.choice(_THEMES),),
            "owner": (str(UUID(int=min(int(choose.paretovariate(0.6)), 400))),),
        }
        return Document(UUID(int=number), UUID(int=number), texts, facts)

    def documents(self, count: int) -> Iterator[Document]:
        """Yield so many entries."""
        return map(self.document, range(1, count + 1))


class Index:
    """A backend of the port, with the ranking of the service."""

    def __init__(self, way: str, folder: str) -> None:
        self.profile = profiles.load("https://danhmuc.example")
        self.grammar = grammar_of(self.profile, _PUBLIC)
        self.folder = Path(folder)
        self.url = postgres.create() if way == "postgresql" else f"{way}:{folder}/index"
        self.index = opening.open_index(self.url, weights(self.profile))

    def build(self, documents: Iterator[Document]) -> None:
        """Index everything anew."""
        self.index.rebuild(documents)

    def search(self, text: str, **more: object) -> int:
        """Search as the service does; return how many there are."""
        query = self.grammar.parse(text)
        answer = self.index.search(IndexQuery(query, _PUBLIC, **more), POOL)
        ranked = Ranking(query, _PUBLIC).best_first(answer.hits)
        if not ranked:
            meant = spelling.meant(
                query, lambda words: self.index.known(words, _PUBLIC)
            )
            return self.search(meant, **more) if meant else 0
        return answer.total

    def facets(self, text: str) -> int:
        """Search with a filter of one fact, and count three."""
        return self.search(
            text, filters={"theme": ("ECON", "ENVI")}, counted=("theme", "owner", STATE)
        )

    def update(self, document: Document) -> None:
        """Index one entry."""
        self.index.write([document])

    def size(self) -> int:
        """Return the bytes on the disk."""
        if self.url.startswith("postgresql"):
            engine = create_engine(self.url)
            with engine.connect() as connection:
                total = text(
                    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE "
                    "relkind = 'r' AND "
                    "relnamespace = 'danhmuc_search'::regnamespace"
                )
                size = int(connection.scalar(total) or 0)
            engine.dispose()
            return size
        return sum(
            path.stat().st_size for path in self.folder.rglob("*") if path.is_file()
        )


class Fts5:
    """SQLite FTS5 as the base line: every word, bm25, ten hits and how many there
    are.
    """

    def __init__(self, _way: str, folder: str) -> None:
        self.path = Path(folder) / "fts.db"
        self.base = sqlite3.connect(self.path, check_same_thread=False)
        tokenizer = "unicode61 remove_diacritics 2"
        columns = "id UNINDEXED, head, middle, rest, theme"
        self.base.execute(
            f"CREATE VIRTUAL TABLE docs USING fts5({columns}, tokenize = "
            f"'{tokenizer}', prefix = '3')"
        )

    def build(self, documents: Iterator[Document]) -> None:
        """Index everything."""
        self.base.executemany(
            "INSERT INTO docs VALUES (?, ?, ?, ?, ?)", map(self._row, documents)
        )
        self.base.commit()

    def search(self, text: str) -> int:
        """Return how many there are, having ranked the first."""
        words = (
            text
            if text.startswith('"') or text.endswith("*")
            else " ".join(f'"{word}"' for word in text.split())
        )
        base = sqlite3.connect(self.path)
        ranked = (
            "SELECT id FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 0, 4, 2, "
            "1, 0) LIMIT 200"
        )
        base.execute(ranked, (words,)).fetchall()
        (total,) = base.execute(
            "SELECT count(*) FROM docs WHERE docs MATCH ?", (words,)
        ).fetchone()
        base.close()
        return int(total)

    def facets(self, text: str) -> int:
        """Search, and count one fact."""
        base = sqlite3.connect(self.path)
        words = " ".join(f'"{word}"' for word in text.split())
        base.execute(
            "SELECT theme, count(*) FROM docs WHERE docs MATCH ? GROUP BY theme",
            (words,),
        ).fetchall()
        base.close()
        return self.search(text)

    def update(self, document: Document) -> None:
        """Index one entry."""
        self.base.execute(
            "INSERT INTO docs VALUES (?, ?, ?, ?, ?)", self._row(document)
        )
        self.base.commit()

    def size(self) -> int:
        """Return the bytes on the disk."""
        return self.path.stat().st_size

    @staticmethod
    def _row(document: Document) -> tuple[str, ...]:
        texts = {name: " ".join(words) for name, words in document.texts.items()}
        middle = f"{texts['keyword']} {texts['data_items.name']}"
        return (
            document.id.hex,
            texts["title"],
            middle,
            texts["description"],
            document.facts["theme"][0],
        )


def measured(
    work: Callable[[str], object], queries: list[str], clients: int
) -> tuple[list[float], float, int]:
    """Return the milliseconds of each call, sorted, the calls per second, and how many
    were refused.
    """
    refused = []

    def one(query: str) -> float:
        start = time.perf_counter()
        try:
            work(query)
        except UnavailableError:
            refused.append(query)
        return (time.perf_counter() - start) * 1000

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        taken = sorted(pool.map(one, queries))
    return taken, len(queries) / (time.perf_counter() - begun), len(refused)


def run(way: str, size: int) -> None:
    """Print the figures of one way at one size."""
    corpus, choose = Corpus(), random.Random(9)
    with tempfile.TemporaryDirectory() as folder:
        engine = (Fts5 if way == "fts5" else Index)(way, folder)
        start = time.perf_counter()
        engine.build(corpus.documents(size))
        seconds = time.perf_counter() - start
        print(
            f"{way}, {size} entries: built at {size / seconds:.0f}/s "
            f"({seconds:.0f} s), {engine.size() / 1e6:.0f} MB"
        )
        for name, queries in questions(corpus, choose, size, way).items():
            work = engine.facets if name == "three facets" else engine.search
            measured(work, queries[:20], 1)
            for clients in (1, 8):
                print_figures(name, clients, *measured(work, queries, clients))
        visible = [updated(engine, corpus, size + number) for number in range(1, 11)]
        print(
            "  one entry written and visible: median "
            f"{statistics.median(visible):.0f} ms, worst {max(visible):.0f} ms"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"  peak memory {peak:.0f} MB", flush=True)


def questions(
    corpus: Corpus, choose: random.Random, size: int, way: str
) -> dict[str, list[str]]:
    """Return, by what they are like, questions drawn from titles of the corpus."""
    titles = []
    for _ in range(ROUNDS):
        document = corpus.document(choose.randint(1, size))
        titles.append(document.texts["title"][0].split())
    drawn = {
        "one word": [choose.choice(words) for words in titles],
        "three words": [" ".join(words[:3]) for words in titles],
        "phrase": [f'"{words[0]} {words[1]}"' for words in titles],
        "prefix": [f"{words[2][:3]}*" for words in titles],
        "three facets": [choose.choice(words) for words in titles],
    }
    if way != "fts5":
        every = (word for words in titles for word in words)
        long = [fold(word) for word in every if len(word) >= LONG and word.isalpha()]
        drawn["fuzzy"] = [
            word[:2] + word[3] + word[2] + word[4:] for word in long[:ROUNDS]
        ]
    return drawn


def print_figures(
    name: str, clients: int, taken: list[float], rate: float, refused: int
) -> None:
    """Print one line: how long questions of a kind took, asked by so many at once."""
    p50, p95, p99 = (
        taken[min(int(len(taken) * share), len(taken) - 1)]
        for share in (0.5, 0.95, 0.99)
    )
    line = f"p50 {p50:7.1f}  p95 {p95:7.1f}  p99 {p99:7.1f} ms  {rate:6.0f}/s"
    if refused:
        line += f"  {refused} refused"
    print(f"  {name:<14}{clients} at once  {line}", flush=True)


def updated(engine: Index | Fts5, corpus: Corpus, number: int) -> float:
    """Write an entry with a word of its own; return the milliseconds until it is
    found.
    """
    document = corpus.document(number)
    title = f"moitinh{number} {document.texts['title'][0]}"
    start = time.perf_counter()
    engine.update(
        Document(
            document.id,
            document.version_id,
            {**document.texts, "title": (title,)},
            document.facts,
        )
    )
    while not engine.search(f"moitinh{number}"):
        time.sleep(0.001)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(sys.argv[1], int(sys.argv[2]))
    else:
        for entries in SIZES:
            for way in WAYS:
                if way != "whoosh" or entries <= _WHOOSH_MOST:
                    subprocess.run(
                        [sys.executable, __file__, way, str(entries)], check=True
                    )
