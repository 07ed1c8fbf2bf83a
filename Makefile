# Two commands: `make demo` shows what it does, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check
# Where torch comes from: pip's own configuration, or a CPU index, for example QA_TORCH_INDEX=<address of PyTorch's CPU wheels>
TORCH_FROM := $(if $(QA_TORCH_INDEX),--index-url $(QA_TORCH_INDEX))
DEMO_DB := sqlite:///out/demo/qa.db
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: venv demo serve test lint format clean help

help: ## What there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

venv: .venv/.ready .venv/.weights ## Set-up: packages in .venv, model weights in weights/

# torch first and alone, so that no other package chooses one for graphics cards;
# openai-whisper and silero-vad without their needs, so that nothing brings another torch or triton (1 GB) along.
.venv/.ready: pyproject.toml constraints.txt Makefile
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --quiet --constraint constraints.txt --upgrade pip
	$(PIP) install --quiet --constraint constraints.txt $(TORCH_FROM) torch
	$(PIP) install --quiet --constraint constraints.txt --group speech --editable .
	$(PIP) install --quiet --constraint constraints.txt --no-deps --group speech-no-deps
	$(BIN)/qa doctor --packages
	touch $@

.venv/.dev: .venv/.ready
	$(PIP) install --quiet --constraint constraints.txt --group dev
	touch $@

.venv/.weights: .venv/.ready $(wildcard models/*/model.yaml)
	$(BIN)/qa models pull
	touch $@

demo: venv ## Judge the sample calls, write scorecards to out/demo, add people who can sign in
	$(BIN)/qa nightly --archive samples --manifest samples/manifest.csv --db $(DEMO_DB) --out out/demo
	$(BIN)/python samples/people.py --db $(DEMO_DB)

serve: .venv/.ready ## The page over the demo's calls
	$(BIN)/qa serve --db $(DEMO_DB) --port $(or $(PORT),8080)

lint: .venv/.dev ## Style, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Two workers, a thread each: more threads than cores wait for one another.
test: venv .venv/.dev lint ## All checks and all tests that need no server
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

format: .venv/.dev ## Set the code's form right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what can be made again (weights stay)
	rm -rf .venv out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
