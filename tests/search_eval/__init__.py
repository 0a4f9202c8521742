"""How well the search finds: queries with graded answers, a corpus, base lines; see `make search-eval`."""
