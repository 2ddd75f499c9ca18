# Needs Python 3.11 or newer and make; everything else goes into a virtual environment in this folder.
#   make demo    run the main job against a simulated Amazon, in a fresh folder
#   make test    lint, types, layers, docs and all tests; ends with what was skipped
#   make lint | types | layers | docs | tests    one part of it
#   make hosts   run the stores' tests and write into README.md what was seen on which shop
#   make mutants break every rule in every small way: how much of it the tests notice; takes half an hour
#   make bench   the figures          make soak    the long tests          make clean    remove what was made
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
# Overridable: PYTHON names the interpreter that makes the environment, PYTEST_ARGS goes to pytest as it is.
PYTHON ?=
export PYTHON
PYTEST_ARGS ?= -n 2
MUTANTS_AT_ONCE ?= 1
# The environment is made again for another set of requirements, and only then.
PINS := setup.cfg pyproject.toml .ci/venv

.PHONY: help demo test lint format types layers docs tests hosts mutants bench soak clean

help:
	@sed -n 's/^#   //p' Makefile

$(VENV)/.installed: $(PINS)
	@.ci/venv $(VENV)
	@touch $@

$(VENV)/.installed-dev: $(PINS)
	@.ci/venv $(VENV) dev
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(PINS)
	@.ci/venv $(VENV) bench
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-mutants: $(PINS)
	@.ci/venv $(VENV) mutants
	@touch $@ $(VENV)/.installed-dev $(VENV)/.installed

demo: $(VENV)/.installed
	@demo=$$(mktemp -d "$${TMPDIR:-/tmp}/amazon-orders-demo.XXXXXX"); \
	orders=$(abspath $(BIN))/amazon-orders; \
	echo "\$$ $$orders demo --dir $$demo"; \
	"$$orders" demo --dir "$$demo"; \
	echo "  (amazon-orders is $$orders; to call it by its name: export PATH=\"$(abspath $(BIN)):\$$PATH\")"

test: lint types layers docs tests

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

layers: $(VENV)/.installed-dev
	$(BIN)/lint-imports

docs: $(VENV)/.installed-dev
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

tests: $(VENV)/.installed-dev
	$(BIN)/pytest $(PYTEST_ARGS)

hosts: $(VENV)/.installed-dev
	HOSTS_TABLE=write $(BIN)/pytest $(PYTEST_ARGS) tests/stores

mutants: $(VENV)/.installed-mutants
	rm -rf mutants
	nice $(BIN)/mutmut run --max-children $(MUTANTS_AT_ONCE)
	$(BIN)/python -m tests.mutation_score 90

soak: $(VENV)/.installed-dev
	$(BIN)/pytest -m soak -p no:xdist $(SOAK_ARGS)

bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) mutants build dist *.egg-info docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
