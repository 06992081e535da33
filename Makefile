# Everything this project can be asked to do. Needs Python 3.11 or newer and make; the rest comes by itself.
#   make run            the whole thing with demo data on http://127.0.0.1:8000/ (PORT=… for another port)
#   make test           every test, browser included (ARGS="-k evening" for some)
#   make test-postgres  the same tests on PostgreSQL, Redis and object storage
#   make lint           what must be clean before a change is taken in
#   make bench          the benchmarks, also as JSON to OUT=…
#   make coverage       how often our intervals hold the truth, over simulated studies; STUDIES=2000 of each
#   make drops          a form whose network goes at six moments, ROUNDS=20 times each, in Chromium
#   make attack         who answered what, with everything stolen but the keys: both databases, files, copies, logs
#   make audit      can anybody work out another's answer from all that is published? 200 studies of chance
#   make chaos          web workers and closings killed a hundred times, and the same form ten times at once
#                       (both with REAL=1 on PostgreSQL)
#   make lock           requirements.lock from pyproject.toml (UPGRADE=--upgrade for the newest of everything)
#   make clean          away with what make has built; databases, media and keys in var/ are left alone
# Whatever takes time leaves a file behind and is not done again until what it came from changes.

SHELL := /bin/bash
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
OUT ?= var/benchmarks.json
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

# One more than the cores: a browser test often waits for a disk or a clock. Not «worksteal»: tests that empty
# a database come last in each process, and what is handed over would come after them.
WORKERS = --numprocesses $$(($$(nproc) + 1))

# Data belongs to whoever runs; static files are the same for all and are made once.
DATA := $(abspath $(or $(DATA_DIR),var))
STATIC := $(CURDIR)/var/static

ASSETS := $(shell find cms/assets -type f -not -path '*/node_modules/*' 2>/dev/null)
MESSAGES := $(patsubst %.po,%.mo,$(shell find cms/locale -name '*.po' 2>/dev/null))
STATIC_SOURCES := $(shell find cms courses evaluation -type f -path '*/static/*' -not -path '*/egs/*' -not -path '*/node_modules/*' 2>/dev/null)

# $(call apt,packages): as root installs them, otherwise says in one line how, and stops
define apt
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends $(1) >/dev/null; \
else \
	echo "Missing: $(1). Install it (as root on Debian: apt-get install $(1)), then run make again." >&2; exit 1; \
fi
endef

.PHONY: run test test-postgres lint bench coverage drops attack audit chaos lock venv assets messages static chromium office clean

# ── what the rest stands on ─────────────────────────────────────────────────────────────────────────

venv: $(VENV)/.installed

# uv comes by pip, in the version and with the hashes of the lock; uv brings the rest.
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(call apt,python3-venv); }
	$(PYTHON) -m venv $(VENV)
	awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > $(VENV)/uv.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock

$(VENV)/.installed: requirements.lock | $(UV)
	$(UV) pip sync --quiet --python $(PY) --require-hashes --no-build --compile-bytecode requirements.lock
	touch $@

lock: | $(UV)
	$(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet $(UPGRADE) -o requirements.lock
	$(PY) -m tests.lock --stamp

assets: cms/assets/node_modules/.built

%/node_modules/.installed: %/package.json %/package-lock.json $(VENV)/.installed
	npm --prefix $* ci --no-audit --no-fund --loglevel=error
	touch $@

cms/assets/node_modules/.built: cms/assets/node_modules/.installed $(ASSETS)
	npm --prefix cms/assets run --silent build
	touch $@

messages: $(MESSAGES)

%.mo: %.po | $(VENV)/.installed
	$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@

static: $(STATIC)/.collected

$(STATIC)/.collected: $(VENV)/.installed cms/assets/node_modules/.built cms/settings.py $(STATIC_SOURCES)
	@echo collectstatic # into a new folder first, so that servers and tests under way keep the old one
	@new=$(STATIC).$$$$ && DEMO=1 STATIC_ROOT=$$new $(PY) manage.py collectstatic --no-input --verbosity 0 && \
	touch $$new/.collected && rm -rf $(STATIC) && mv -T $$new $(STATIC)

chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null || { $(call apt,chromium); }

# Word files are turned into pages by a test, as whoever prints them does.
office:
	@command -v soffice libreoffice >/dev/null || { $(call apt,libreoffice-writer-nogui); }

# ── the targets ─────────────────────────────────────────────────────────────────────────────────────

run: export DEMO = 1
run: export DATA_DIR = $(DATA)
run: export STATIC_ROOT = $(STATIC)
run: export PORT := $(PORT)
run: venv assets messages static
	@$(PY) manage.py migrate --no-input --verbosity 0
	@$(PY) manage.py migrate evaluation --no-input --verbosity 0 --database answers
	@$(PY) manage.py createcachetable --verbosity 0
	@$(PY) manage.py demo
	@exec $(PY) -m cms.running $(PORT)

test: export STATIC_ROOT = $(STATIC)
test: venv assets messages static chromium office tests/browser/node_modules/.installed
	$(PY) -m pytest $(WORKERS) $(ARGS)

test-postgres: export STATIC_ROOT = $(STATIC)
test-postgres: venv assets messages static chromium office tests/browser/node_modules/.installed
	$(PY) -m tests.on_real_servers $(PY) -m pytest $(WORKERS) $(ARGS)

lint: venv
	$(PY) -m tests.lock
	ruff check
	ruff format --check
	djhtml --tabwidth 2 --check templates
	mypy
	@data=$$(mktemp -d) && trap "rm -r $$data" EXIT && \
	DEMO=1 DATA_DIR=$$data $(PY) manage.py makemigrations --check --dry-run

bench: export STATIC_ROOT = $(STATIC)
bench: venv assets messages static chromium tests/browser/node_modules/.installed tests/benchmarks/node_modules/.installed
	$(PY) -m tests.benchmarks.run --out $(OUT)

coverage: venv
	$(PY) -m tests.benchmarks.coverage $(if $(STUDIES),--studies $(STUDIES))

drops: export STATIC_ROOT = $(STATIC)
drops: venv assets messages static chromium
	$(PY) -m tests.benchmarks.drops $(ROUNDS)

ON_REAL = $(if $(REAL),$(PY) -m tests.on_real_servers)

attack: venv
	$(ON_REAL) bash -c '$(PY) -m tests.privacy.attack --repetitions 20 && $(PY) -m tests.privacy.canary'

audit: venv
	$(PY) -m tests.privacy.auditor --shapes $(or $(SHAPES),200)

chaos: venv static
	$(ON_REAL) bash -c '$(PY) -m tests.chaos.submits --identical 50 && $(PY) -m tests.chaos.closing --kills 100 \
		&& $(PY) -m tests.chaos.submits --posts 3000 --kills 100'

clean:
	rm -rf $(VENV) $(STATIC)* var/test-databases cms/static/egs $(MESSAGES) \
		cms/assets/node_modules tests/browser/node_modules tests/benchmarks/node_modules \
		.mypy_cache .pytest_cache .ruff_cache .hypothesis
