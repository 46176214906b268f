# `make` alone lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPO ?= examples/orders
SHELL := /bin/bash

.DEFAULT_GOAL := help
.PHONY: help lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 18

lock: ## resolve pyproject.toml anew into requirements/*.txt (needs uv)
	uv pip compile -q --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header \
	  --group build pyproject.toml -o requirements/check.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header \
	  --group dev -c requirements/check.txt -o requirements/dev.txt
