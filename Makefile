# Two commands do the work: `make demo` runs the main job, `make test` proves it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PYTEST := $(BIN)/python -m pytest
# More processes than cores, since many tests wait; whole files, since they share what is costly.
BESIDE := -n 4 --dist loadfile --no-loadscope-reorder
# A worker promises to end within a time: nothing runs beside the tests of that.
TIMED := tests/faults/test_drain.py
export UV_LINK_MODE ?= copy
# Modules are compiled once, not again in each of the hundreds of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install mailman browser demo dev test test-browser test-unit test-faults notebooks fuzz fuzzer soak pictures check bench format lock clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/.installed  ## the environment, from the lock file

.uv/bin/uv:
	@echo "Fetching uv into .uv"
	@python3 -m venv .uv
	@.uv/bin/pip install --quiet uv 2> >(grep -v 'is ignored: it is neither' >&2)

.venv/.installed: requirements.lock pyproject.toml .python-version | $(filter .uv/bin/uv,$(UV))
	@echo "Installing into .venv (once; later calls start at once)"
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$$(cat .python-version)" .venv \
		|| $(UV) venv --quiet --python ">=3.12" .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

mailman: .mailman/.installed  ## a real GNU Mailman for the tests, in an environment of its own

.mailman/.installed: requirements-mailman.lock .python-version | $(filter .uv/bin/uv,$(UV))
	@echo "Installing GNU Mailman into .mailman (once, for tests only)"
	@test -x .mailman/bin/python || $(UV) venv --quiet --python "$$(cat .python-version)" .mailman
	@$(UV) pip sync --quiet --python .mailman/bin/python --require-hashes requirements-mailman.lock
	@touch $@

demo: install  ## onboard Acme Corp into four systems, start to finish
	@$(BIN)/agentos demo

dev: install  ## server, worker and sandbox on port 7777
	@$(BIN)/agentos dev --port 7777

browser:  ## a Chromium for the tests of the console, where there is none
	@command -v chromium chromium-browser google-chrome > /dev/null \
		|| { echo "Installing Chromium (once, for tests only)" \
		&& apt-get install --yes --quiet --no-install-recommends chromium > /dev/null 2>&1; } \
		|| echo "No Chromium: the tests of the console in a browser are left out."

test: install mailman fuzzer  ## all tests but those that are slow or need a browser
	@$(PYTEST) -q $(BESIDE) -m "not slow"

test-browser: install browser  ## the console in a real Chromium
	@$(PYTEST) -q $(BESIDE) tests/ui --ignore tests/ui/test_restart.py

test-unit: install  ## the quick tests
	@$(PYTEST) -q tests/unit

test-faults: install  ## every fault, at every boundary
	@command -v faketime > /dev/null || apt-get install --yes --quiet faketime > /dev/null 2>&1 \
		|| echo "No faketime: the test that needs it is left out."
	@$(PYTEST) -q -n 4 --dist worksteal tests/faults tests/ui/test_restart.py --ignore $(TIMED)
	@$(PYTEST) -q $(TIMED)

notebooks: install  ## every notebook, from its first cell to its last
	@$(PYTEST) -q tests/notebooks

fuzz: install fuzzer  ## every check of schemathesis on every operation, longer
	@$(BIN)/python -m tests.fuzz.fuzz --max-examples 200 --seed $(or $(SEED),$(shell date +%s))

fuzzer: .fuzz/.installed  ## schemathesis, in an environment of its own

.fuzz/.installed: requirements-fuzz.lock .python-version | $(filter .uv/bin/uv,$(UV))
	@echo "Installing schemathesis into .fuzz (once, for tests only)"
	@test -x .fuzz/bin/python || $(UV) venv --quiet --python "$$(cat .python-version)" .fuzz
	@$(UV) pip sync --quiet --python .fuzz/bin/python --require-hashes requirements-fuzz.lock
	@touch $@

soak: install  ## ten minutes of random kills
	@$(BIN)/python -m tests.faults.soak --seconds 600

pictures: install browser  ## the pictures of the console in docs/pictures
	@$(BIN)/python -m tests.ui.pictures

check: install  ## format, lint, types, layers
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --num-workers 2
	@$(BIN)/lint-imports --no-cache > tmp-lint.txt 2>&1 || { cat tmp-lint.txt; rm -f tmp-lint.txt; exit 1; }
	@rm -f tmp-lint.txt; echo "Layers: kept"

bench: install  ## what a run costs, side by side
	@$(BIN)/python -m benchmarks.savers
	@$(BIN)/python -m benchmarks.service
	@$(BIN)/python -m benchmarks.watching
	@$(BIN)/python -m benchmarks.streams
	@$(BIN)/python -m benchmarks.watching --traced
	@$(BIN)/python -m benchmarks.calls

format: install  ## put the code into shape
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --fix --quiet .

LOCK := --python-version 3.12 --upgrade --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --quiet

lock: $(filter .uv/bin/uv,$(UV))  ## renew the lock files: ours from pyproject.toml, and Mailman's
	@$(UV) pip compile pyproject.toml --group dev --universal $(LOCK) -o requirements.lock
	@echo 'schemathesis>=4.32,<5' | $(UV) pip compile - --universal $(LOCK) -o requirements-fuzz.lock
	@printf '%s\n' 'mailman==3.3.*' 'sqlalchemy<2.1' \
		| $(UV) pip compile - $(LOCK) -o requirements-mailman.lock

clean:  ## remove the environment and local data
	rm -rf .venv .mailman .fuzz .uv tmp .langgraph_api .pytest_cache .mypy_cache .ruff_cache .hypothesis
