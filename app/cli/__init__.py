"""The command line `danhmuc`: the same services as the pages, for operators and scripts."""

from app.cli import operating, people, printing, proposing
from app.cli.group import main

__all__ = ["main", "operating", "people", "printing", "proposing"]
