"""Where the shapes of a picture stand, in figures: pages draw them as SVG beside the
table that says the same (`layout/pictures.html`), in the palette of the look.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# how far a class of databases is shared, and how it looks
LOOKS = (
    ("dung-chung", "k-shared"),
    ("dung-rieng", "k-private"),
    ("mo", "k-open"),
)
UNKNOWN = "k-unknown"  # whatever is none of these
# of lanes: what holds, what held, where nothing does, and a single day
HELD, KEPT, VOID, TICK = "k-held", "k-kept", "k-void", "k-tick"
_UNIT, _GAP, _BAR = 26.0, 10.0, 10.0  # of a flow: one link, between nodes, a node


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar, in percent of its width."""

    look: str
    x: float
    width: float


def stacked(parts: Sequence[tuple[str, int]], whole: int) -> list[Segment]:
    """Return the parts of a bar, of which `whole` is the full width."""
    made: list[Segment] = []
    x = 0.0
    for look, count in parts:
        if count and whole:
            width = round(100 * count / whole, 2)
            made.append(Segment(look, round(x, 2), width))
            x += width
    return made


@dataclass(frozen=True)
class Node:
    """One of those that became, or that were, at one side of a flow."""

    name: str
    moved: bool
    x: float
    y: float
    height: float
    left: bool


@dataclass(frozen=True)
class Ribbon:
    """What leads from one to the other."""

    path: str
    moved: bool


@dataclass(frozen=True)
class Flow:
    """Who became whom: nodes at both sides, and what leads across."""

    width: float
    height: float
    thick: float
    nodes: Sequence[Node]
    ribbons: Sequence[Ribbon]


def flow(links: Sequence[tuple[str, str]], width: float = 1000) -> Flow:
    """Return the picture of (who was, who is); who kept the name is not moved."""
    left = Counter(source for source, _target in links)
    right = Counter(target for _source, target in links)
    height = max(_height(left), _height(right))
    left_at, right_at = _places(left, height), _places(right, height)
    start, end = width * 0.38, width * 0.62
    leaving, reaching = dict(left_at), dict(right_at)  # where the next ribbon begins
    ribbons = []
    for source, target in links:
        path = _bend(start, leaving[source], end, reaching[target])
        ribbons.append(Ribbon(path, source != target))
        leaving[source] += _UNIT
        reaching[target] += _UNIT
    nodes = [
        Node(name, name not in right, start - _BAR, at, left[name] * _UNIT, left=True)
        for name, at in left_at.items()
    ]
    nodes += [
        Node(name, moved=False, x=end, y=at, height=right[name] * _UNIT, left=False)
        for name, at in right_at.items()
    ]
    return Flow(width, height, _UNIT - 2, nodes, ribbons)


def _bend(start: float, left_top: float, end: float, right_top: float) -> str:
    """Return the path of a ribbon, in the middle of the unit below each top."""
    y1, y2 = left_top + _UNIT / 2, right_top + _UNIT / 2
    middle = (start + end) / 2
    bend = f"{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {end:.0f} {y2:.0f}"
    return f"M{start:.0f} {y1:.0f}C{bend}"


def _height(counts: Mapping[str, int]) -> float:
    return sum(counts.values()) * _UNIT + _GAP * (len(counts) + 1)


def _places(counts: Mapping[str, int], height: float) -> dict[str, float]:
    """Return the top of each node, spread over the height."""
    filled = sum(counts.values()) * _UNIT
    gap = (height - filled) / (len(counts) + 1)
    places, y = {}, gap
    for name, count in counts.items():
        places[name] = y
        y += count * _UNIT + gap
    return places


@dataclass(frozen=True)
class Line:
    """A connection drawn from a thing to who takes its data."""

    path: str
    look: str
    x: float
    y: float


@dataclass(frozen=True)
class Label:
    """A name in a network: of who gives (with a brace over its things), of a thing (in
    a box), of who takes.
    """

    name: str
    x: float
    y: float
    height: float = 0.0


@dataclass(frozen=True)
class Network:
    """Who gives, what, and who takes it."""

    height: float
    givers: Sequence[Label]
    things: Sequence[Label]
    takers: Sequence[Label]
    lines: Sequence[Line]


_THING_X, _THING_WIDTH, _TAKER_X = 320.0, 380.0, 850.0
_ROW, _BOX, _BETWEEN, _MARGIN = 38.0, 30.0, 14.0, 18.0


def network(links: Sequence[tuple[str, str, str, str]]) -> Network:
    """Return the picture of (who gives, what, who takes, look)."""
    things_of: dict[str, list[str]] = {}
    for giver, thing, _taker, _look in links:
        things = things_of.setdefault(giver, [])
        if thing not in things:
            things.append(thing)
    givers: list[Label] = []
    boxes: list[Label] = []
    centre: dict[tuple[str, str], float] = {}
    y = _MARGIN
    for giver, named in things_of.items():
        top = y
        for thing in named:
            boxes.append(Label(thing, _THING_X, y, _BOX))
            centre[giver, thing] = y + _BOX / 2
            y += _ROW
        givers.append(Label(giver, _THING_X - 12, top, y - _ROW + _BOX - top))
        y += _BETWEEN
    takers = list(dict.fromkeys(taker for _giver, _thing, taker, _look in links))
    height = max(y, _MARGIN + len(takers) * _ROW)
    step = (height - _MARGIN) / max(len(takers), 1)
    ends = {name: _MARGIN + step * (n + 0.5) for n, name in enumerate(takers)}
    start = _THING_X + _THING_WIDTH
    lines = []
    for giver, thing, taker, look in links:
        y1, y2 = centre[giver, thing], ends[taker]
        middle = (start + _TAKER_X) / 2
        bend = f"{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {_TAKER_X:.0f} {y2:.0f}"
        lines.append(Line(f"M{start:.0f} {y1:.0f}C{bend}", look, start, y1))
    named_takers = [Label(name, _TAKER_X, at) for name, at in ends.items()]
    return Network(height, givers, boxes, named_takers, lines)


@dataclass(frozen=True)
class Span:
    """Days from one to before another, how they look, and what held then."""

    since: date
    until: date
    look: str
    words: str


@dataclass(frozen=True)
class Bar:
    """A span drawn, in percent of the width of its lane; its words where they fit."""

    look: str
    x: float
    width: float
    words: str


@dataclass(frozen=True)
class Lane:
    """What held of one thing: its name, what is drawn, and the spans that it says."""

    name: str
    bars: Sequence[Bar]
    spans: Sequence[Span]


@dataclass(frozen=True)
class Lanes:
    """Lanes one under another, with the years over them and today through them."""

    years: Sequence[tuple[int, float]]
    today: float
    rows: Sequence[Lane]

    @property
    def void(self) -> bool:
        """Whether on some days nothing held."""
        return any(one.look == VOID for lane in self.rows for one in lane.spans)


# percent of a lane: a letter, a year at least, and where the last year begins
_LETTER, _YEAR, _LAST = 0.95, 6.0, 92.0


def lanes(
    rows: Iterable[tuple[str, Sequence[Span]]], start: date, end: date, today: date
) -> Lanes:
    """Return the picture of (lane, spans) from one day to another."""
    length = (end - start).days

    def at(day: date) -> float:
        return round(100 * (min(max(day, start), end) - start).days / length, 2)

    made = []
    for name, spans in rows:
        bars = [_bar(span, at(span.since), at(span.until)) for span in spans]
        made.append(Lane(name, bars, spans))
    years: list[tuple[int, float]] = []
    for year in range((start - timedelta(days=1)).year + 1, end.year + 1):
        x = at(date(year, 1, 1))
        if x <= _LAST and (not years or x - years[-1][1] >= _YEAR):
            years.append((year, x))
    return Lanes(years, at(today), made)


def _bar(span: Span, x: float, until: float) -> Bar:
    width = round(until - x, 2)
    fits = span.look == TICK or len(span.words) * _LETTER + 2 <= width
    return Bar(span.look, x, width, span.words if fits else "")


@dataclass(frozen=True)
class Strand:
    """The line of one thing from who had it to who has it."""

    path: str
    moved: bool


def strands(
    pairs: Sequence[tuple[str, str]], width: float = 420, height: float = 118
) -> list[Strand]:
    """Return a line for each thing of (who had it, who has it), those of one owner side
    by side, in the order in which the owners come.
    """
    left = _slots([had for had, _has in pairs], height)
    ordered = sorted(pairs, key=lambda pair: (left[pair[0]][0], pair[1]))
    right = _slots([has for _had, has in ordered], height)
    found = []
    for had, has in ordered:
        start, end = left[had].pop(0), right[has].pop(0)
        a, middle, b = width * 0.22, width * 0.5, width * 0.78
        path = (
            f"M0 {start:.1f}H{a:.0f}C{middle:.0f} {start:.1f} {middle:.0f} {end:.1f}"
            f" {b:.0f} {end:.1f}H{width:.0f}"
        )
        found.append(Strand(path, moved=had != has))
    return found


def _slots(names: Sequence[str], height: float) -> dict[str, list[float]]:
    """Return where the lines of each name stand, with a gap between names."""
    counts = Counter(names)
    step = (height - 4) / max(len(names) + 1.6 * (len(counts) - 1) - 1, 1)
    places: dict[str, list[float]] = {}
    y = 2.0
    for name, count in counts.items():
        places[name] = [y + step * n for n in range(count)]
        y += step * (count + 1.6)
    return places
