"""The command line `danhmuc`: the same services as the pages, for operators and scripts."""

from app.cli import harvesting, operating, people, printing, proposing
from app.cli.group import main

__all__ = ["harvesting", "main", "operating", "people", "printing", "proposing"]
