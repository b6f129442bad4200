# FieldGuide's door: `make run` opens the app, `make test` runs every test. Each makes its own environment first.
PYTHON ?= python3
VENV ?= .venv
PHOTOS ?=
TESTS ?= tests
BIN := $(VENV)/bin
# One thread per torch process: two processes with two threads each spin against each other for seconds.
QUIET_ENV := OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen
# A file's tests stay in one process. A process that dies is not replaced: with a replacement the run never ended.
SIDE_BY_SIDE := -n auto --dist loadfile --max-worker-restart=0

.PHONY: run test coverage lint format benchmark sample package clean help live fuzz

help:
	@echo "make run [PHOTOS=\"a.jpg b.jpg\"]   open FieldGuide; without a display identify photos here"
	@echo "make test [TESTS=tests/core]      run the tests"
	@echo "make coverage                     lines of core, and of inference, that their tests run; below 95 % it fails"
	@echo "make lint                         ruff, mypy, import contracts"
	@echo "make benchmark                    the numbers of docs/benchmarks.md, by hand"
	@echo "make fuzz [CASES=10000 SEED=1]    malformed files of every kind, each read in a child process"
	@echo "make live                         what GBIF's API answers today, kept in build/live (needs a network)"
	@echo "make package                      a folder and a .deb under dist/"

.DEFAULT_GOAL := help

run: $(VENV)/.ready-light
	@$(BIN)/python packaging/first_run.py $(PHOTOS)

test: $(VENV)/.ready-test
	$(QUIET_ENV) $(BIN)/python -m pytest $(TESTS) $(SIDE_BY_SIDE)

coverage: $(VENV)/.ready-test
	$(QUIET_ENV) $(BIN)/python -m pytest tests/core tests/inference tests/hostile $(SIDE_BY_SIDE) --cov --cov-report=
	$(BIN)/python -m coverage report --skip-covered --show-missing --include='fieldguide/core/*' --fail-under=95
	$(BIN)/python -m coverage report --skip-covered --show-missing --include='fieldguide/inference/*' --fail-under=95

lint: $(VENV)/.ready-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready-test
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

CASES ?= 1000
SEED ?= 1

fuzz: $(VENV)/.ready-test
	$(QUIET_ENV) $(BIN)/python -m tests.hostile.fuzz --cases $(CASES) --seed $(SEED)

benchmark: $(VENV)/.ready-test
	$(BIN)/python -m tests.benchmarks.bench_photo
	$(BIN)/python -m tests.benchmarks.bench_batch
	$(BIN)/python -m tests.benchmarks.bench_history

live: $(VENV)/.ready-test
	FIELDGUIDE_LIVE=build/live $(QUIET_ENV) $(BIN)/python -m pytest tests/live

sample: $(VENV)/.ready-light
	$(BIN)/python packaging/draw_sample.py resources/samples/fly_agaric.png

package: $(VENV)/.ready-package
	$(BIN)/python packaging/build.py

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/.ready-light: pyproject.toml packaging/prepare.py
	@$(PYTHON) packaging/prepare.py $(VENV) $@

$(VENV)/.ready-test: pyproject.toml packaging/prepare.py
	@$(PYTHON) packaging/prepare.py $(VENV) $@ trainer test
	@touch $(VENV)/.ready-light

$(VENV)/.ready-package: pyproject.toml packaging/prepare.py
	@$(PYTHON) packaging/prepare.py $(VENV) $@ package
	@touch $(VENV)/.ready-light
