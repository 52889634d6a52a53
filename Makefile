# Needs make and a Python >= 3.11 with venv; everything else it installs into this folder. `make` alone lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

# Nothing of the caller's Python leaks in; where packages come from (index, certificates, proxy) stays the caller's choice.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONSAFEPATH PYTHONDONTWRITEBYTECODE VIRTUAL_ENV CONDA_PREFIX
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_CONSTRAINT PIP_REQUIREMENT PIP_REQUIRE_VIRTUALENV PIP_NO_BINARY
unexport UV_PYTHON UV_SYSTEM_PYTHON UV_PROJECT_ENVIRONMENT UV_CONSTRAINT UV_OVERRIDE UV_BUILD_CONSTRAINT
export PYTHONNOUSERSITE := 1

PYTHON ?=
OUT ?= posture
FAULTS ?=
WORKERS ?= 4
ARGS ?=

BIN := .venv/bin
SCANNER := .venv/.stamp
INFRA := infra/.venv/.stamp

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-16s %s\n' "$$name" "$$text"; done

# --- environments -----------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(SCANNER) $(INFRA) ## make .venv (scanner, tools) and infra/.venv (Pulumi program); instant when they are current

.uv/.stamp: requirements-uv.txt .ci/find_python.sh .ci/environment.py
	@python=$$(sh .ci/find_python.sh $(PYTHON)) && "$$python" .ci/environment.py uv

$(SCANNER): .uv/.stamp requirements-dev.txt requirements-build.txt pyproject.toml
	@.uv/bin/python .ci/environment.py scanner

$(INFRA): .uv/.stamp infra/requirements.txt
	@.uv/bin/python .ci/environment.py infra

# --- use --------------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(SCANNER) $(INFRA) ## scan the embedded target; FAULTS=all or FAULTS=NAME,.. switches known faults on (then make fails); OUT=DIR
	@$(BIN)/python -m scanner demo -o $(OUT) $(if $(FAULTS),--faults "$(FAULTS)")

# --- quality ----------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(SCANNER) $(INFRA) ## run the tests; ARGS="tests/checks -k tls" picks some, WORKERS=0 runs them in one process
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: check check-style check-types check-infra-types check-imports check-tree
check: check-style check-imports check-tree check-types check-infra-types ## what CI asks before the tests: style, types, import rules, tree

check-style: $(SCANNER)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "the files above are not formatted: run .venv/bin/ruff format" >&2; exit 1; }

check-types: $(SCANNER)
	@$(BIN)/mypy
	@MYPYPATH=.ci $(BIN)/mypy --cache-dir .mypy_cache/ci .ci/*.py

check-infra-types: $(SCANNER) $(INFRA)
	@$(BIN)/mypy --python-executable infra/.venv/bin/python --cache-dir .mypy_cache/infra --exclude '^infra/(service|service_on_lambda|authoriser|rotation|scan_watch|scanner_image)/' infra

check-imports: $(SCANNER)
	@$(BIN)/lint-imports --no-logo

check-tree: $(SCANNER) $(INFRA) # which pages name
	@$(BIN)/python .ci/check_tree.py
	@$(BIN)/python .ci/check_links.py
	@$(BIN)/python .ci/check_requirements.py

.PHONY: verify verify-slow verify-newest
verify: verify-slow verify-newest ## the slow suites (minutes): marked tests, wheel and sdist with plain pip, the newest Python

verify-slow: $(SCANNER) $(INFRA)
	@$(BIN)/python -m pytest -m slow -o faulthandler_timeout=1500 $(ARGS)

verify-newest: .uv/.stamp $(INFRA)
	@.uv/bin/python .ci/environment.py newest
	@.venv-newest/bin/python --version
	@.venv-newest/bin/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: bench
bench: $(SCANNER) $(INFRA) ## ratios: the demo scan against sslyze and Checkov alone, declared clouds against Checkov alone, a request of the gate against bare aiohttp, the load generator against wrk (LOADER=its path), validations against pydantic and jsonschema, malformed messages against Schemathesis (SCHEMATHESIS=its path), evidence packs against plain SHA-256, a history of 1,000 runs; each report at 1,000 and 20,000 findings, a decision of the authoriser, the memory of a made-up partner under 1,000 slow callers, scenarios of the hostile partner per second, time and resources of each stack's program, size of each function's archive
	@$(BIN)/python -m tests.bench.demo_scan
	@$(BIN)/python -m tests.bench.declared_cloud
	@$(BIN)/python -m tests.bench.gate
	@$(BIN)/python -m tests.bench.load
	@$(BIN)/python -m tests.bench.validation
	@$(BIN)/python -m tests.bench.probing
	@$(BIN)/python -m tests.bench.packing
	@$(BIN)/python -m tests.bench.history
	@$(BIN)/python -m tests.bench.rendering
	@$(BIN)/python -m tests.bench.authoriser
	@$(BIN)/python -m tests.bench.programs
	@$(BIN)/python -m tests.bench.archives
	@$(BIN)/python -m tests.bench.slow_callers
	@$(BIN)/python -m tests.bench.scenarios

# --- packages ---------------------------------------------------------------------------------------------------------

.PHONY: build
build: $(SCANNER) ## build wheel and sdist into dist/
	@rm -rf dist
	@$(BIN)/python -m hatchling build

COMPILE = .uv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)

.PHONY: requirements
requirements: .uv/.stamp ## compile the hashed requirement files again; UPGRADE=1 moves every pin to the newest
	@$(COMPILE) --python-version 3.11 requirements-uv.in -o requirements-uv.txt
	@$(COMPILE) --python-version 3.11 requirements-build.in -o requirements-build.txt
	@$(COMPILE) --python-version 3.11 pyproject.toml --override overrides.txt -o requirements.txt
	@$(COMPILE) --python-version 3.11 pyproject.toml --group dev --override overrides.txt --constraint requirements.txt -o requirements-dev.txt
	@$(COMPILE) --python-version 3.11 infra/requirements.in -o infra/requirements.txt
	@$(COMPILE) --python-version 3.13 infra/service_on_lambda/requirements.in --constraint requirements.txt -o infra/service_on_lambda/requirements.txt

.PHONY: clean distclean
clean: ## remove what builds, tests and runs left behind
	@rm -rf build dist posture posture-faults .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find infra scanner checks reports tests -name __pycache__ -not -path '*/.venv/*' -prune -exec rm -rf {} +

distclean: clean ## remove the environments as well
	@rm -rf .uv .venv .venv-newest infra/.venv .make
