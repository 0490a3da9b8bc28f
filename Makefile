# Two commands are enough: `make run` and `make test`. Everything goes into .venv; nothing else on the machine is touched.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help run demo test lint bench lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: $(VENV)/.run  ## set up and start the service
	@$(BIN)/tactful serve

demo: $(VENV)/.run  ## see one walk, from a webhook to a private suggestion, in an instance of its own
	@$(BIN)/tactful demo

test: $(VENV)/.dev  ## set up and run all tests; what needs a part that is not here is skipped with a reason
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev  ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## the figures of the README (minutes)
	$(BIN)/python -m benchmarks

lock: $(VENV)/.dev  ## renew the lock files from pyproject.toml
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-options --output-file=requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-options --allow-unsafe --extra=dev --extra=chat --extra=stats --output-file=requirements-dev.lock pyproject.toml

clean:  ## remove the environment (data stay)
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tactful needs Python 3.11 or newer; name one with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml tests/package-lock.json | $(VENV)/bin/python
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	@if command -v npm >/dev/null; then npm ci --prefix tests --silent --no-audit --no-fund; else echo "npm is not here: tests against the platforms' own payloads will be skipped"; fi
	@touch $(VENV)/.run $@
