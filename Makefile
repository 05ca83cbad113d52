# Everything a newcomer needs; `make` alone lists it. Wants only Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH ?= check
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK := pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev run test check format bench lock clean

help: ## list what can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.run ## make .venv with everything needed to run

run: setup ## serve on http://127.0.0.1:8000 with a demonstration (PORT= DATA_DIR= DATABASE_URL=)
	@exec $(BIN)/onewindow run --demo

test: setup-dev ## run the whole suite on a PostgreSQL of its own (ARGS= for pytest)
	$(BIN)/python -m pytest $(ARGS)

check: setup-dev ## run every guard: format, lint, types, layers, house rules
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev ## format the code
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

bench: setup ## measure: make bench BENCH=check|lodge|batch|worklist|follow
	$(BIN)/onewindow bench $(BENCH)

lock: setup-dev ## lock the dependencies anew, with hashes and without addresses
	cd requirements && ../$(BIN)/$(LOCK) --output-file=run.txt run.in
	cd requirements && ../$(BIN)/$(LOCK) --output-file=dev.txt dev.in

clean: ## remove what was built; keeps the data
	rm -rf $(VENV) node_modules build src/onewindow/web/static/build

setup-dev: $(VENV)/.dev

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "onewindow needs Python 3.11 or newer; name one with PYTHON=, as in: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.txt pyproject.toml
	$(PIP) install --quiet --require-hashes --only-binary :all: --requirement requirements/run.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(PIP) install --quiet --require-hashes --only-binary :all: --requirement requirements/dev.txt
	@touch $@
