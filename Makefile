# Everything a person types. Each target stands on `setup`, which does only what is not done yet.
SHELL := bash
python := .venv/bin/python
ADDRESS ?= 127.0.0.1:8000
.DEFAULT_GOAL := help
.PHONY: help run test attack test-spark setup lint fmt bench lock clean

help: ## show this
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: ## start the database, the site and its worker, with an invented partnership in it
	@begun=$$EPOCHREALTIME && scripts/setup site && exec $(python) -m throughline.web.serve --begun $$begun --address $(ADDRESS)

test: setup ## every check and every test, browser included, in two processes
	@$(python) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

attack: setup ## try to get in as every role, by every page, row and file; ends with how often that was refused
	@$(python) -m pytest tests/attack -qq --no-header

setup: ## prepare .venv, with throughline in it, and all that testing needs
	@scripts/setup

test-spark: ## the rules set-wise on Spark, compared with the engine (brings PySpark and Java)
	@scripts/setup spark
	@PYTHONPATH=var/spark $(python) -m pytest tests/spark

lint: setup ## the checks of make test alone: style, types, import contracts
	@$(python) -m pytest tests/architecture

fmt: setup ## put the code into the house style
	@.venv/bin/ruff check --fix --quiet; .venv/bin/ruff format

bench: setup ## measure the figures the project promises
	@$(python) -m bench

lock: setup ## resolve the requirements anew
	@scripts/lock

clean: ## remove what set-up and tools made; the database in var/ stays
	@rm -rf .venv node_modules dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@git clean -qfX src
