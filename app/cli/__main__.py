"""Run the command line as a module: `python -m app.cli`."""

from app.cli import main

main()
