# What can be done in this folder; `make` alone lists it.
# All paths are relative, so that the project's own path may contain spaces.

.DEFAULT_GOAL := help
.PHONY: help demo test quick check format help-pages setup runtime lock hooks clean

# The Python that makes .venv: the one that PYTHON names, or the first of these that is new enough.
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
FOUND = $(shell for p in $(PYTHONS); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
PYTHON ?= $(or $(FOUND),$(error briefbot needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3.12))

DEMO_QUESTION ?= Where did Kim Jong Un and Vladimir Putin meet?
export DEMO_QUESTION

BIN := .venv/bin

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: runtime ## set up, index docs_corpus/ and answer one question from it
	$(BIN)/briefbot build
	@echo && printf '%s ask "%s"\n\n' '$(BIN)/briefbot' "$$DEMO_QUESTION"
	@$(BIN)/briefbot ask "$$DEMO_QUESTION"
	@echo
	@echo 'Ask your own:        $(BIN)/briefbot ask "…"      or one after the other: $(BIN)/briefbot chat'
	@echo 'Your own documents:  $(BIN)/briefbot build --corpus FOLDER --index ANOTHER'
	@echo 'Everything else:     $(BIN)/briefbot --help'

test: setup ## set up and run every test
	$(BIN)/python -m pytest

quick: setup ## run the tests without the slow ones: about a minute
	$(BIN)/python -m pytest -m "not slow"

check: setup ## format, lint, types and import contracts: what CI and the pre-commit hook run
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the source into its one format and mend what can be mended
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

help-pages: setup ## write what --help says into docs/commands.md and README.md
	$(BIN)/python tools/make_help.py

setup: ## make .venv with all that running, testing and checking need
	@$(PYTHON) tools/install.py --dev

runtime: ## make .venv with no more than running needs: what a service wants
	@$(PYTHON) tools/install.py

lock: ## resolve all versions afresh and write constraints.txt
	$(PYTHON) tools/lock.py

hooks: ## have git run `make check` before every commit
	@hook="$$(git rev-parse --git-path hooks)/pre-commit"; \
	if [ -e "$$hook" ]; then echo "$$hook exists already; add 'make check' to it."; exit 1; fi; \
	mkdir -p "$${hook%/*}" && printf '#!/bin/sh\nexec make check\n' > "$$hook" && chmod +x "$$hook"

clean: ## remove .venv and caches; the index stays
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
