# The ways in, for people and machines alike: `make help`.
# Set-up happens once and by itself; a changed lock or pyproject.toml makes it happen again.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PERIOD ?= 2022-9M
WORKERS ?= 2
PORT ?= 3000
PYTHON ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MANIFEST := dbt_project/target/manifest.json
DBT_FILES := $(shell find dbt_project -type f \( -name '*.sql' -o -name '*.yml' -o -name '*.csv' \) \
	-not -path 'dbt_project/target/*' -not -path 'dbt_project/logs/*' 2>/dev/null)
LAKE = $${CCHC_LAKE:-data_lake}

define PREPARE_HOME
from orchestration.console.dagster_run import prepare_home
from orchestration.lake import Lake
from orchestration.settings import load_settings
lake = Lake(load_settings().lake)
prepare_home(lake)
print(lake.dagster_home)
endef
export PREPARE_HOME

# Nothing here reports to anybody.
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run test dev bench lint format clean lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) $(MANIFEST) ## Make .venv with the pinned packages and parse the dbt project

$(READY): requirements.lock requirements.in pyproject.toml
	@python=''; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        python="$$candidate"; break; \
	    fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Python 3.11 or later is needed; found: $$(python3 --version 2>&1 || echo none)." >&2; \
	    echo "Install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; \
	    exit 1; \
	fi; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$("$$python" --version)"; \
	    "$$python" -m venv --clear $(VENV) || { \
	        echo "Python's venv module does not work; on Debian and Ubuntu: apt-get install python3-venv" >&2; \
	        exit 1; \
	    }; \
	fi
	@echo "Installing the pinned packages (once; about a minute)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@# Start-up is twice as slow without bytecode, and some environments forbid writing it on import.
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib orchestration expectations >/dev/null || true
	@touch $@

$(MANIFEST): $(READY) $(DBT_FILES)
	@$(BIN)/python -c 'from orchestration.warehouse.parsed_project import ensure_parsed; ensure_parsed()'
	@touch $@

run: setup ## Simulate the source extracts if landing/ is empty, then release the period (PERIOD=2022-9M)
	@if [ -z "$$(find "$(LAKE)/landing" -type f -print -quit 2>/dev/null)" ]; then \
	    echo "landing/ is empty: simulating a province-year of source extracts"; \
	    $(BIN)/cchc simulate; \
	fi
	@$(BIN)/cchc run --period $(PERIOD)

test: setup ## Run the whole suite (WORKERS=2)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

dev: setup ## Dagster UI on 127.0.0.1 over the same lake and run history (PORT=3000)
	@home="$$($(BIN)/python -c "$$PREPARE_HOME")"; \
	DAGSTER_HOME="$$home" exec $(BIN)/dg dev --host 127.0.0.1 --port $(PORT)

bench: setup ## Measure the run against the floor; a table, and build/bench.json
	@$(BIN)/python -m orchestration.bench

lint: setup ## Ruff, mypy, sqlfluff, strict parses of dbt and Dagster, and the rules over dbt's manifest
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes $(WORKERS) dbt_project/models
	@$(BIN)/python -m orchestration.warehouse.parsed_project # dbt --warn-error parse
	@$(BIN)/dg check defs
	@$(BIN)/python -m pytest -q tests/lint

format: setup ## Bring Python and SQL into the house's form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --processes $(WORKERS) dbt_project/models

clean: ## Remove everything that make made, but never the lake
	@rm -rf $(VENV) build dbt_project/target dbt_project/logs logs .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find orchestration expectations tests -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## Pin requirements.in again, with hashes and without index addresses
	@rm -rf build/lock && python3 -m venv build/lock && build/lock/bin/python -m pip install --quiet uv
	@build/lock/bin/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 \
	    --generate-hashes --no-emit-index-url requirements.in -o requirements.lock
