# Needs Python 3.11 or later and make. Everything else is installed into .venv, once.
# Another Python: make PYTHON=/path/to/python3.12 test

.DEFAULT_GOAL := help
.PHONY: help demo test slow bench lint format types contracts wheel transcripts constraints clean

# One thread each: a digest must not depend on how many cores a machine has.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PYTHON

BIN := .venv/bin

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s%s\n", $$1, $$2}' Makefile

demo: ## Live an evening of a data centre at every level, L0 to L5, and print the ladder.
	@sh .ci/venv bench
	@$(BIN)/adn run picc-datacentre --level L0..L5 --seed 7 --jobs 2

test: ## Run the tests, without those marked slow.
	@sh .ci/venv test
	@$(BIN)/python -m pytest -m "not slow"

slow: ## Run the tests marked slow.
	@sh .ci/venv test cluster
	@$(BIN)/python -m pytest -m slow

bench: ## Measure the goals of speed and write docs/performance.md anew (minutes).
	@sh .ci/venv bench fast
	@$(BIN)/python benchmarks/goals.py

lint: ## Check style with ruff.
	@sh .ci/venv dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: ## Let ruff format the code.
	@sh .ci/venv dev
	@$(BIN)/ruff format .

types: ## Check types with mypy, strictly.
	@sh .ci/venv dev
	@$(BIN)/mypy

contracts: ## Check which room imports which.
	@sh .ci/venv test
	@$(BIN)/lint-imports

wheel: ## Build the wheel into dist/.
	@sh .ci/venv dev
	@$(BIN)/python -m build --wheel --outdir dist .

transcripts: ## Write the output shown in README and docs anew; read the difference.
	@sh .ci/venv test
	@$(BIN)/python tests/docs/test_transcripts.py

constraints: ## Pin the newest versions that fit pyproject.toml (needs uv).
	uv pip compile --quiet --universal --upgrade --all-extras --python-version 3.11 \
	    --no-annotate --no-header --strip-extras --no-emit-index-url --no-emit-find-links \
	    --output-file constraints.txt pyproject.toml

clean: ## Remove .venv, caches and builds; runs/ stays.
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
