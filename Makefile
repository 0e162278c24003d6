# Two commands matter: `make check` weighs the documents in spec/, `make test` tests the package.
# Needed: Python 3.11 or later with its venv module, and make. PYTHON=python3.12 names another interpreter
# for a new environment.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := check
.PHONY: check test audit report clean bench nightly test-hf

check: $(VENV)/.installed
	$(BIN)/weighbridge check

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto

report: $(VENV)/.installed
	$(BIN)/weighbridge check spec/gpt3-weights.toml --format markdown:reports/compliance.md --format json:reports/compliance.json \
		--format html:reports/compliance.html
	$(BIN)/python -c "import weighbridge; from weighbridge.report.to_published import to_published; \
		print(to_published(weighbridge.check('spec/published', engine='algebra')), end='')" > reports/published.md

# Changes every spec in one place after another; `make test` does so too, and says less.
audit: $(VENV)/.installed
	$(BIN)/weighbridge audit spec

# A hundred thousand random documents and quotes; `make test` tries a thousand.
nightly: $(VENV)/.installed-test
	WEIGHBRIDGE_FUZZ=100000 $(BIN)/python -m pytest tests/test_fuzz_documents.py

# Compares counts of configs with what transformers builds now, on the meta device; `make test` compares with what it
# built when tests/hf/fixture.json.gz was written (`PYTHONPATH=tests python -m hf.oracle` writes it anew). torch without
# a GPU will do: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu.
test-hf: $(VENV)/.installed-hf
	$(BIN)/python -m pytest tests/hf/live.py -W default -q -n auto

# Takes a quarter of an hour, needs gcc, and is worth something on a quiet machine alone.
bench: $(VENV)/.installed-bench
	PYTHONPATH=tests $(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV)

# The checkout is installed editable: sources may change, only pyproject.toml asks for a new installation.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --editable .
	touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	$(PIP) install --editable '.[test]'
	touch $@

$(VENV)/.installed-hf: pyproject.toml $(VENV)/.installed-test
	$(PIP) install --editable '.[hf]'
	touch $@

$(VENV)/.installed-bench: pyproject.toml $(VENV)/.installed
	$(PIP) install --editable '.[bench]'
	touch $@
