# One door: every target is a line or two over uv. `make demo` and `make test` need Python 3.11+, git and make only.
.PHONY: setup demo test check long bench format clean
PYTHON ?= python3
UV = .venv/bin/uv
RUN = $(UV) run --frozen --no-sync
ARGS ?=

setup: .venv/.ready admin_app/static/vendor/.ready

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"

.venv/.ready: .venv/bin/uv pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --inexact --extra postgres
	touch $@

admin_app/static/vendor/.ready: .venv/.ready package.json package-lock.json admin_app/assets.py $(wildcard admin_app/translations/*/LC_MESSAGES/*.po)
	$(RUN) python -m admin_app.assets
	touch $@

demo: setup
	$(RUN) wmcrm demo $(ARGS)

test: setup
	$(RUN) pytest -m "not long" -n 2 --dist loadgroup $(ARGS)

check: setup
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) pytest -q tests/test_house_rules.py tests/test_docs.py

long: setup
	$(RUN) pytest -m long $(ARGS)

# WORLD is a folder with people.csv, people.truth.csv and sheets/; without it only invented data is measured.
bench: setup
	for script in writers import_speed dedupe_database matching_scripts matching_scan; do \
	  echo "== $$script"; $(RUN) python benchmarks/$$script.py || exit 1; done
ifdef WORLD
	$(RUN) python benchmarks/mapping_sheets.py $(WORLD)/sheets
	$(RUN) python benchmarks/matching_quality.py $(WORLD)/people.csv
	$(RUN) python benchmarks/dedupe_people.py $(WORLD)/people.csv $(WORLD)/people.truth.csv
endif

format: setup
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

clean:
	rm -rf .venv node_modules admin_app/static/vendor .mypy_cache .ruff_cache .hypothesis demo-data test-results
