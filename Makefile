# Two commands matter: `make demo` and `make test`. Needs Python 3.11 or newer, make and git; nothing else.

PYTHON ?= $(shell for name in python3.13 python3.14 python3.12 python3.11 python3; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# A venv's own pip may be years old and slow; a new one pays for itself. Nothing is compiled before it is imported.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install --no-compile
# What is imported is kept compiled. Where the environment forbids that, as images of Python do, each of the hundreds of
# processes that the tests start compiles all over again what it and its packages consist of.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo setup test bench clean

help:
	@echo "make demo    watch it work: a write reaches a handler, a saved file changes what runs"
	@echo "make test    everything that must hold: tests, types, style"
	@echo "make bench   figures, side by side with bare aiohttp"
	@echo "make setup   what the others do first: a virtual environment in $(VENV)"
	@echo "make clean   remove what the above made"

demo: $(VENV)/.installed
	@$(BIN)/sandbox demo

setup: $(VENV)/.installed-dev

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .sandbox
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 or newer with venv was found."; \
		echo "  Debian: sudo apt install python3 python3-venv    macOS: brew install python"; \
		echo "  or name one: make PYTHON=/path/to/python demo"; exit 1; }
	@echo "Setting up a virtual environment with $(PYTHON) ..."
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing serverless-sandbox and what it needs (about half a minute) ..."
	@$(PIP) --upgrade pip && $(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo "Installing serverless-sandbox and the tools of its tests (about a minute) ..."
	@$(PIP) --upgrade pip && $(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed
