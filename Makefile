# Every word of the project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
LMS_PORT ?= 8001
VENV := .venv
BIN := $(VENV)/bin
STATE := .state
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes
EXPORTS := LC_ALL=C.UTF-8

##@ Use it
.PHONY: demo story
demo: $(STATE)/server assets ## Start the tool and the practice LMS with a cohort in week 13 (PORT=, LMS_PORT=)
	@$(BIN)/python -m ltitool.cli demo --port $(PORT) --lms-port $(LMS_PORT)

story: $(STATE)/server assets ## Play the thirteen weeks over real HTTP; leaves the badge in build/story/
	@$(BIN)/python -m ltitool.cli story --out build/story

##@ Work on it
.PHONY: assets format lint test check translations docs
assets: $(STATE)/server ## Build styles, scripts, fonts, JSON-LD contexts and translations (skips what is fresh)
	@$(BIN)/python build_support/contexts.py
	@$(BIN)/python build_support/assets.py

format: $(STATE)/dev ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(STATE)/dev ## Check style, types and the layers
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: $(STATE)/dev assets ## Run the tests that need Python alone
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not postgres and not s3 and not chromium and not npm and not story"

check: $(STATE)/check assets lint ## Run everything: also PostgreSQL, Chromium, npm verifiers, the story; fails where one is missing
	@PATH="$$($(BIN)/python build_support/npm_verifiers.py | tail -n 1):$$PATH" CHECK_ALL=yes \
	  $(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term

translations: $(STATE)/dev ## Collect the texts of the pages into the Spanish catalogue
	@$(BIN)/python build_support/translations.py

docs: $(STATE)/dev ## Write the generated parts of docs/reference anew
	@$(BIN)/python -m build_support.reference

.PHONY: screenshots
screenshots: $(STATE)/dev assets ## Photograph the main pages for docs/screenshots (needs Chromium)
	@$(BIN)/python tests/browser/screenshots.py docs/screenshots

.PHONY: e2e-moodle
e2e-moodle: $(STATE)/dev assets ## Walk through a real Moodle in Chromium (MOODLE_URL=; MOODLE_PASSWORD from the environment)
	@test -n "$(MOODLE_URL)" || { echo "Say where the Moodle is: make e2e-moodle MOODLE_URL=http://localhost:8088"; exit 2; }
	@$(BIN)/python tests/e2e/walk_moodle.py "$(MOODLE_URL)"

##@ Measure it
.PHONY: bench-badges bench-lti fuzz-badges conformance
FUZZ_N ?= 20000
bench-badges: $(STATE)/dev assets ## Measure the badge library against others, in one run; writes bench/badges.md
	@PATH="$$($(BIN)/python build_support/npm_verifiers.py | tail -n 1):$$PATH" $(BIN)/python bench/bench_badges.py --write
	@$(BIN)/python bench/profile_badges.py

PART ?= launches rosters scores
bench-lti: $(STATE)/dev assets ## Measure launches, rosters and scores against a floor and other libraries; writes bench/lti.md (PART=scores: that alone; needs PostgreSQL, npm)
	@$(if $(filter launches,$(PART)),$(BIN)/python bench/bench_lti.py --write,:)
	@$(if $(filter rosters,$(PART)),$(BIN)/python bench/bench_lti_rosters.py --write,:)
	@$(if $(filter scores,$(PART)),$(BIN)/python bench/bench_lti_scores.py --write,:)

fuzz-badges: $(STATE)/dev assets ## Compare the canonical form of FUZZ_N generated badges with two others (resumable)
	@$(BIN)/python bench/fuzz_badges.py --count $(FUZZ_N)

conformance: $(STATE)/dev assets ## Run the W3C suites that lie below SUITES; writes docs/reference/conformance.md
	@test -n "$(SUITES)" || { echo "SUITES= is the folder of the suites; see docs/how-to/run-the-w3c-suites.md"; exit 2; }
	@PATH="$$($(BIN)/python build_support/npm_verifiers.py | tail -n 1):$$PATH" $(BIN)/python -m build_support.w3c_suites $(SUITES)

##@ Look after it
.PHONY: locks clean help
locks: ## Write the hash-locked requirements anew (needs uv on the path)
	@for out in dev server build check base; do \
	  case $$out in dev) extras="--extra server --extra dev";; base) extras="";; *) extras="--extra $$out";; esac; \
	  uv pip compile pyproject.toml $$extras --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate -q -o requirements/$$out.txt || exit 1; \
	done

clean: ## Remove what was built; demo data in var/ stay
	@rm -rf build dist $(STATE) $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

help: ## List these words
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STATE)/venv:
	@echo "• making the Python environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STATE) && touch $@

$(STATE)/server: $(STATE)/venv requirements/server.txt requirements/build.txt
	@echo "• installing what the tool needs (hash-locked; about a minute the first time)"
	@$(PIP) -r requirements/server.txt
	@$(PIP) -r requirements/build.txt
	@touch $@

$(STATE)/check: $(STATE)/dev requirements/check.txt
	@echo "• installing the servers that the tests start"
	@$(PIP) -r requirements/check.txt
	@touch $@

$(STATE)/dev: $(STATE)/server requirements/dev.txt
	@echo "• installing what the tests need"
	@$(PIP) -r requirements/dev.txt
	@touch $@
