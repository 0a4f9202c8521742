"""What an agency may say of a draft, and which of it has to be handled."""

from enum import StrEnum


class Verdict(StrEnum):
    """What an agency says; the last two are said by the day, and by whoever ends a
    consultation early.
    """

    AGREE = "agree"
    COMMENTS = "comments"
    DISAGREE = "disagree"
    SILENT = "silent"
    UNASKED = "unasked"


SPOKEN = (Verdict.AGREE, Verdict.COMMENTS, Verdict.DISAGREE)
WEIGHTY = frozenset({Verdict.COMMENTS, Verdict.DISAGREE})  # what has to be handled
