# SmartFlow's workshop. Every target sets up what it needs in .venv; nothing but Python 3.11 and make has to be there.
PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready
NODE := .venv/node/ready
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run test check lint format schemas traces migration bench docs lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

$(READY): requirements/dev.txt pyproject.toml
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

$(NODE): $(READY) requirements/node.txt requirements/npm.txt tests/node/package.json
	@$(BIN)/python scripts/node.py
	@touch $(NODE)

run: $(READY) ## start SmartFlow with demo data on http://127.0.0.1:8000
	@SMARTFLOW_LOG__LEVEL=$${SMARTFLOW_LOG__LEVEL:-WARNING} $(BIN)/smartflow up --demo --data-dir .smartflow --port $(PORT)

test: $(NODE) ## run the tests
	@$(BIN)/pytest -n auto -q

check: $(NODE) lint ## what CI runs: style, types, borders, sizes, tests with their coverage, the API against its description
	@rm -f .coverage .coverage.*
	@$(BIN)/pytest -n auto -q --cov --cov-report=term:skip-covered
	@scripts/schemathesis

lint: $(READY)
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/check_house.py

format: $(READY) ## format the code and mend what can be mended by machine
	@$(BIN)/ruff format -q .
	@$(BIN)/ruff check -q --fix .

schemas: $(READY) ## write the snapshot of the schemas of all events
	@$(BIN)/python -m tests.contract.events.write

traces: $(READY) ## write the golden traces of the assistant's examples
	@$(BIN)/pytest -q tests/flow/test_talk_examples.py -k golden_trace --write-traces

migration: $(READY) ## write a migration from what the tables have become (name=...)
	@$(BIN)/python scripts/migration.py $(name)

bench: $(READY) ## run the benchmarks
	@for each in benchmarks/*/run.py; do echo "== $$each"; $(BIN)/python $$each; done

docs: $(READY) ## write the generated pages
	@$(BIN)/python scripts/docs.py

lock: ## renew what is in requirements, with hashes and without addresses
	@$(PYTHON) scripts/lock.py
	@$(PYTHON) scripts/lock.py node
	@$(PYTHON) scripts/node.py lock

clean: ## remove what these targets made
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* .smartflow dist
