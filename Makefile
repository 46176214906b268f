# `make` alone lists what there is. `make up` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPO ?= examples/orders
EXAMPLE := examples/advisories
ADVISORIES ?= $(if $(filter examples/orders,$(REPO)),$(EXAMPLE),)
KEV ?= $(if $(filter examples/orders,$(REPO)),$(EXAMPLE)/known_exploited_vulnerabilities.json,)
REPORT ?= out/report.html
SECONDS ?= 60
TESTS ?= tests
SHELL := /bin/bash

.DEFAULT_GOAL := help
.PHONY: help up history env test check check-example self lint types contracts docs wheel format fuzz bench drills peers lock system

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 18

up: env ## set up, open the platform and check REPO=path (default: the bundled example service); Ctrl-C ends it
	@$(BIN)/wardline up '$(REPO)' $(if $(ADVISORIES),--advisories '$(ADVISORIES)') $(if $(KEV),--kev '$(KEV)')

history: env ## how steady the identity of findings is over the history of REPO=path (EVERY=n, LAST=n commits)
	@$(BIN)/python benchmarks/history.py '$(REPO)' $(if $(EVERY),--every '$(EVERY)') $(if $(LAST),--last '$(LAST)') \
	  $(if $(ADVISORIES),--advisories '$(ADVISORIES)')

check-example: env ## the main job: a verdict on REPO=path in the terminal, and the same as a page
	@mkdir -p $(dir $(REPORT))
	@$(BIN)/wardline check '$(REPO)' $(if $(ADVISORIES),--advisories '$(ADVISORIES)') \
	  $(if $(KEV),--kev '$(KEV)') --write html='$(REPORT)' \
	  || test $$? -eq 1 -o $$? -eq 3
	@echo "the page: $(abspath $(REPORT))"

env: $(VENV)/.made ## make .venv from the lock file

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  echo "python3-venv is missing: installing it"; . scripts/root.sh; \
	  as_root apt-get -qq update && as_root apt-get -qq install -y python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/.made: requirements/server.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/pip --disable-pip-version-check install -q --require-hashes -r requirements/server.txt
	@$(BIN)/pip --disable-pip-version-check install -q --no-deps --no-build-isolation -e .
	@$(BIN)/pip --disable-pip-version-check uninstall -qqy setuptools # venv's before Python 3.12: in the way of every start
	@$(BIN)/python -m compileall -q src/wardline
	@touch $@

$(VENV)/.made-dev: requirements/dev.txt $(VENV)/.made
	@$(BIN)/pip --disable-pip-version-check install -q --require-hashes -r requirements/dev.txt
	@touch $@

system: # Debian packages that tests use; a test whose package is missing says so and is skipped
	@bash scripts/system-packages.sh

test: $(VENV)/.made-dev system ## pass the tests
	@$(BIN)/pytest -n 2 --dist worksteal $(TESTS)

check: lint types contracts wheel docs self ## everything but `make test`: lint, types, contracts, docs, rules, our own tree

docs: $(VENV)/.made-dev # the house's own rules, documented commands, and the contract that every rule keeps
	@$(BIN)/pytest -n 2 --dist worksteal tests/house tests/check/dependencies tests/check/reports tests/findings/importers/test_contract.py

lint: $(VENV)/.made-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.made-dev
	@$(BIN)/mypy

contracts: $(VENV)/.made-dev
	@$(BIN)/lint-imports

self: env ## wardline check on Wardline itself (cannot say, 3, is shown and goes on: there may be no advisories here)
	@$(BIN)/wardline check . --only dependencies,exposure || test $$? -eq 3

wheel: env ## build the wheel, install it alone, check the example with it
	@bash scripts/wheel-alone.sh

format: $(VENV)/.made-dev ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

fuzz: $(VENV)/.made-dev ## fuzz what reads strangers' files, for SECONDS=60 (atheris, in an environment of its own)
	@test -x .venv-fuzz/bin/python || $(PYTHON) -m venv .venv-fuzz
	@.venv-fuzz/bin/pip --disable-pip-version-check install -q --require-hashes -r requirements/check.txt -r requirements/fuzz.txt
	@.venv-fuzz/bin/pip --disable-pip-version-check install -q --no-deps --no-build-isolation -e .
	@.venv-fuzz/bin/python fuzz/lockfiles.py -max_total_time=$(SECONDS) -max_len=65536 -timeout=20 -rss_limit_mb=2048

drills: $(VENV)/.made-dev ## outages under traffic, and what they cost: a table (SECONDS=30 each; NAME=one of them)
	@$(BIN)/python -m tests.drills --seconds $(if $(filter command line environment,$(origin SECONDS)),$(SECONDS),30) $(NAME)
	@$(if $(NAME),true,$(BIN)/python -m tests.drills.rotation)
	@$(if $(NAME),true,$(BIN)/python -m tests.drills.vault)

peers: ## install the tools that the benchmarks run beside ours, into .venv-peers (needs go)
	@GOBIN=$(CURDIR)/.venv-peers/bin go install github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.5.0

bench: $(VENV)/.made-dev ## measure, and print tables (peers are installed apart, into .venv-peers)
	@for script in benchmarks/[a-z]*.py; do case $$script in */seeding.py|*/synthetic.py) ;; *) $(BIN)/python $$script || exit 1;; esac; done

lock: ## resolve pyproject.toml anew into requirements/*.txt (needs uv)
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 \
	  --no-header --group build pyproject.toml -o requirements/check.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 \
	  --no-header --group build --extra server --extra fast -c requirements/check.txt pyproject.toml -o requirements/server.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 \
	  --no-header --group dev -c requirements/server.txt -o requirements/dev.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 \
	  --no-header --group fuzz -o requirements/fuzz.txt
