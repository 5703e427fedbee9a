# One command each. Every target sets itself up first, so in a fresh checkout `make demo` is enough.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# One more than there are processors: a third of the tests' time is waiting for servers. A file of tests stays together:
# its tests share the servers that it started.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --maxprocesses 5 --dist loadfile
# The tests start hundreds of processes: none has to compile again what another one has.
unexport PYTHONDONTWRITEBYTECODE
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo up test check bench corpus docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install everything, by hash, into .venv (with uv if it is there, else with venv and pip)

demo: $(STAMP) ## Play the life of several scenes on a real Temporal server, in seconds
	@$(BIN)/scene demo

up: $(STAMP) ## Start Temporal with its web UI and a worker on this machine
	@$(BIN)/scene up

test: $(STAMP) ## Run the tests
	@$(PYTEST)

check: $(STAMP) ## Format, lint, types, import contracts, tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(PYTEST)

bench: $(STAMP) ## Measure against the speed we promise
	@$(BIN)/python -m tests.benchmarks

corpus: $(STAMP) ## Record the histories again that CI replays (see CONTRIBUTING.md, "Changing a rule")
	@$(BIN)/python -m tests.corpus $(ARGS)

docs: $(STAMP) ## Write docs/reference from the code
	@$(BIN)/python docs/generate.py

clean: ## Remove what setup and the checks made; your data in .scene stays
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Runs again only when the lock or the project file changes. The project's own build backend comes from the lock as
# well (--no-build-isolation), so nothing is fetched that has no hash there.
$(STAMP): requirements.lock pyproject.toml
	@set -eu; \
	if uv --version >/dev/null 2>&1; then \
	  $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null || \
	    uv venv --quiet --clear --python 3.11 $(VENV) 2>/dev/null || uv venv --clear --python '>=3.11' $(VENV); \
	  uv pip sync --python $(BIN)/python --require-hashes requirements.lock; \
	  uv pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .; \
	else \
	  if ! $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null; then \
	    python=; \
	    for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	      if "$$name" -c '$(NEW_ENOUGH)' 2>/dev/null; then python=$$name; break; fi; \
	    done; \
	    if [ -z "$$python" ]; then \
	      echo 'Python 3.11 or newer is needed and was not found on PATH. Install it, or uv, which brings its own.' >&2; \
	      exit 1; \
	    fi; \
	    "$$python" -m venv --clear $(VENV); \
	  fi; \
	  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade; \
	  $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock; \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@
