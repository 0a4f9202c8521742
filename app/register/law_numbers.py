"""How offices write the number of a law in short: “NĐ47”, “nghị định 47/2020”."""

import re

from app.register.content.facts import name_key

# the kinds of laws as people say them, folded → what stands in their numbers
KINDS = {
    "nghi dinh": "nd",
    "thong tu": "tt",
    "quyet dinh": "qd",
    "nghi quyet": "nq",
    "chi thi": "ct",
    "cong van": "",
    "luat": "qh",
    "nd": "nd",
    "tt": "tt",
    "qd": "qd",
    "nq": "nq",
    "ct": "ct",
    "cv": "",
}
KIND = "|".join(sorted(KINDS, key=len, reverse=True))
SHORT = re.compile(rf"({KIND})[\s.\-]*(?:so\s*:?\s*)?(\d{{1,5}})(?:/(\d{{4}}))?")


def is_short_for(short: re.Match[str], number: str) -> bool:
    """Tell whether a number such as 47/2020/NĐ-CP is what a match of SHORT says."""
    first, _slash, rest = number.partition("/")
    kind, year = KINDS[short[1]], short[3]
    same_year = year is None or rest.startswith(f"{year}/")
    return (
        first.lstrip("0") == short[2].lstrip("0")
        and same_year
        and kind in name_key(rest)
    )
