"""The command line `danhmuc`: the same services as the pages, for operators and
scripts.

* Of whoever runs it: `operating`; accounts: `people`; proposals: `proposing`;
  harvesting: `harvesting`; how fresh data are: `freshness`; what no agency declares:
  `reference`
* What is printed for documents: `printing`, with `rights_page`; how a command finds its
  installation: `group`
"""

from app.cli import (
    freshness,
    harvesting,
    operating,
    people,
    printing,
    proposing,
    reference,
)
from app.cli.group import main

__all__ = [
    "freshness",
    "harvesting",
    "main",
    "operating",
    "people",
    "printing",
    "proposing",
    "reference",
]
