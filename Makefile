# Everything starts here. `make run` and `make test` do all their own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The end-to-end tests fail without a browser where this is 1; else they say so and are skipped by name.
REQUIRE_BROWSER ?= 0

.PHONY: help setup run test year check second-look format lock migration browser clean

help:
	@echo "make run    set up and start Rapport: http://127.0.0.1:8080/chat"
	@echo "make test   set up all that the tests need, check the code and run every test"
	@echo "make setup  make the environment alone: $(BIN)/rapport"
	@echo "make second-look  try again to install what reads some messages a second time"
	@echo "make year   play a year of 5,000 customers, and look at all that was said in it (about two minutes)"
	@echo "make check  ruff, mypy --strict and the structure test"
	@echo "make format put the code in its standard form"
	@echo "make lock   pin the dependencies anew, from the ranges in pyproject.toml"
	@echo "make clean  remove what the above made (never your data)"

setup: $(VENV)/.run-ready $(VENV)/.second-look-tried

run: setup
	@$(BIN)/rapport migrate
	@exec $(BIN)/rapport run

test: check browser $(VENV)/.second-look-tried
	REQUIRE_BROWSER=$(REQUIRE_BROWSER) $(BIN)/python -m pytest -n 2 --dist worksteal -q

year: $(VENV)/.test-ready
	YEAR_CUSTOMERS=5000 $(BIN)/python -m pytest -q tests/scheduler/test_a_year.py

check: $(VENV)/.test-ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_structure.py

second-look:
	@rm -f $(VENV)/.second-look-tried
	@$(MAKE) --no-print-directory $(VENV)/.second-look-tried

format: $(VENV)/.test-ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

browser: $(VENV)/.test-ready
	@$(BIN)/python -m tests.browser.install

lock: $(VENV)/.lock-ready
	$(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade pyproject.toml requirements/build.in -o requirements/run.txt
	$(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --extra test -c requirements/run.txt \
		pyproject.toml requirements/build.in -o requirements/test.txt
	$(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --extra second-look -c requirements/run.txt \
		pyproject.toml -o requirements/second-look.txt

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis rapport_bot.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rapport needs Python 3.11 or later; this is " \
		+ sys.version.split()[0] + ". Name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3")'
	@echo "Making an environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make environments here; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.run-ready: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Rapport needs into $(VENV): only this once, 1 to 3 minutes …"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@

# Not every machine has it: without, messages are read once, by the first look. It is tried once.
$(VENV)/.second-look-tried: requirements/second-look.txt $(VENV)/.run-ready
	@echo "Installing what the second look needs: some messages are read again, better …"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --require-hashes --only-binary :all: \
		-r requirements/second-look.txt || { \
		echo "onnxruntime cannot be installed here, so Rapport goes on with the first look alone."; \
		echo "It is tried again with: make second-look"; }
	@touch $@

$(VENV)/.test-ready: requirements/test.txt $(VENV)/.run-ready
	@echo "Installing what the tests need into $(VENV): only this once, 1 to 3 minutes …"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.lock-ready: | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --disable-pip-version-check -q uv
	@touch $@

# Needs NAME="What changes"; writes a migration from the difference between store/tables/ and the last one.
migration: $(VENV)/.test-ready
	@$(BIN)/python -m store.migrations.draft "$(NAME)"
	@$(BIN)/ruff check -q --fix store/migrations/versions
	@$(BIN)/ruff format -q store/migrations/versions
