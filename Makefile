# make review   install everything into .venv and run the February review on samples/
# make test     install what the tests need and run them; .ci/run adds the slow ones and those that need programs
# make check    the everyday checks: ruff, mypy --strict, the same tests
PYTHON ?= python3
BIN := .venv/bin
ROUND := build/february-2010
FAST := not slow and not libreoffice and not browser and not installation and not database

.PHONY: review test check clean

review: .venv/installed
	@rm -rf build && mkdir -p $(ROUND)
	@cp -R samples/auditors.csv samples/register_*.csv samples/retrospective-2009 build/
	@cp -R samples/february-2010/plan.yaml samples/february-2010/returned $(ROUND)/
	@$(BIN)/audit-toolkit review $(ROUND)
	@echo; echo "For a round of your own: . .venv/bin/activate, then see docs/first-round.md"

test: .venv/installed-dev
	$(BIN)/python -m pytest -n auto -m "$(FAST)"

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto -m "$(FAST)"

clean:
	rm -rf build .venv

.venv/installed: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "audit_toolkit needs Python 3.11 or later: make review PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing audit_toolkit into .venv (a minute or two, the first time)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	@echo "Installing what the tests need"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable ".[dev]"
	@touch $@
