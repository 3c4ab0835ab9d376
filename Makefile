# Two commands on a fresh machine: `make demo` runs everything, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := DEBUG=1 DEMO=1 $(BIN)/python manage.py demo
WORKERS ?= 2
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset manage test check bench chaos messages format lock

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: $(VENV)/.demo ## Run the whole portal here, with PostgreSQL, Valkey, Celery and an inbox inside
	@exec env $(DEMO)

manage: $(VENV)/.demo ## Run a management command against the running demo: make manage ARGS="send_weekly --week 2026-W48 --now"
	@test -f .demo/environment || { echo "The demo is not running: start it with make demo in another window." >&2; exit 1; }
	@set -a; . ./.demo/environment; exec $(BIN)/python manage.py $(ARGS)

demo-reset: $(VENV)/.demo ## Clear the data of the demo
	@$(DEMO) --reset

test: $(VENV)/.dev ## The whole suite, on real PostgreSQL and Valkey
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: $(VENV)/.dev ## Lint, types, import contracts, templates, translations, migrations, deployment
	@BIN=$(BIN) sh bin/check

bench: $(VENV)/.dev ## Benchmarks: ratios taken in one run; the last line is one JSON object
	@$(BIN)/python -m tests.benchmarks $(ARGS)

chaos: $(VENV)/.dev ## Kills and SMTP faults in mid-run; the last line sums up (CHAOS_ROUNDS=20)
	@$(BIN)/python -m tests.chaos $(ARGS)

messages: $(VENV)/.dev ## Bring the French and Dutch catalogues in line with the code
	@DEBUG=1 $(BIN)/python manage.py messages

format: $(VENV)/.dev ## Put code in the house's form
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: $(VENV)/.dev ## Write requirements/*.txt anew from pyproject.toml (needs uv)
	@for each in "runtime:--extra pdf --extra s3 --extra previews" "demo:--extra demo --extra pdf --extra previews" "dev:--all-extras"; do \
		uv pip compile -q pyproject.toml $${each#*:} --universal --generate-hashes --no-emit-index-url --no-header \
			--python-version 3.11 -o requirements/$${each%%:*}.txt || exit 1; done

# --- The environment: made once, made anew when what is locked changes --------------------------

$(VENV)/.dev: requirements/dev.txt | $(VENV)/bin/python
	@sh bin/install dev
$(VENV)/.demo: requirements/demo.txt | $(VENV)/bin/python
	@sh bin/install demo
$(VENV)/bin/python:
	@PYTHON="$(PYTHON)" VENV=$(VENV) sh bin/make-venv
