# Everything a checkout needs: each target sets up what it uses, once. Debian 12 with Python 3.11, git and make.

BIN := .venv/bin
READY := .venv/ready

# Modules compiled once serve all the processes of a run, the tests' own rewritten ones too.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo up lint unit lab lab-flows lab-sites lab-waits lab-prefect lab-network lab-repairs lab-ospf lab-faults lab-office lab-sessions lab-hosting lab-restores lab-updates lab-deploy lab-rest packages test bench lab-up lab-down clean

help:
	@echo "make demo      one network case and one website case, from letter to report, on this machine"
	@echo "make up        Prefect's server, a worker and the dispatcher, until Ctrl-C"
	@echo "make test      lint, unit tests, and the tests on real parts (the lab; needs root or sudo -n)"
	@echo "make lint      ruff, mypy --strict, direction of imports"
	@echo "make bench     our backup beside plain netmiko and others, in one run; then a fleet with faults"
	@echo "make lab-up    the lab by hand: then \`$(BIN)/python -m tests.lab shell\`; make lab-down ends it"
	@echo "make clean     remove what the targets made in this checkout"

$(READY): pyproject.toml constraints.txt
	@tests/setup.sh venv

demo: $(READY)
	@tests/setup.sh demo
	@$(BIN)/pelihara demo

up: $(READY)
	@$(BIN)/pelihara up

lint: $(READY)
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }

# A third of their time they wait for sessions to end: three at a time keep two processors busy.
unit: $(READY)
	@$(BIN)/python -m pytest -n 3 --dist worksteal -m "not lab" tests

# Worlds side by side, long before short, those that work beside those that wait for timers. Seven keep two processors
# busy; with all at once a browser had so little of them that it did not draw a page in time.
WORLDS := lab-prefect lab-faults lab-sites lab-office lab-restores lab-repairs lab-updates lab-ospf lab-hosting lab-waits lab-flows lab-network lab-deploy lab-rest lab-sessions
AT_ONCE := 7
REAL := $(sort $(shell grep -rl 'mark\.lab' tests --include='test_*.py'))
PREFECT := $(addprefix tests/flows/test_,prefect.py prefect_cases.py ui.py dispatch.py up.py)
SITES := $(addprefix tests/flows/test_,prefect_websites.py many_websites.py site_board.py)
WAITS := tests/flows/test_opd.py
REPAIRS := tests/playbooks/network/test_repairs_on_the_lab.py
FAULTS := tests/playbooks/network/test_faults.py
SESSIONS := tests/playbooks/network/test_hostile_sessions.py
DEPLOY := tests/playbooks/hosting/test_deploy_on_a_real_host.py
RESTORES := $(addprefix tests/playbooks/hosting/test_,on_a_real_host.py drill_on_a_real_host.py copies_on_a_real_host.py)
UPDATES := $(addprefix tests/playbooks/hosting/test_,updates_on_a_real_host.py packages_on_a_real_host.py)
FLOWS := $(filter-out $(PREFECT) $(SITES) $(WAITS),$(filter tests/flows/%,$(REAL)))
NETWORK := $(filter-out $(REPAIRS) $(FAULTS) $(SESSIONS),$(filter tests/playbooks/network/%,$(REAL)))
HOSTING := $(filter-out $(DEPLOY) $(RESTORES) $(UPDATES),$(filter tests/playbooks/hosting/%,$(REAL)))

packages:
	@tests/setup.sh lab

lab: $(READY) packages
	@$(MAKE) --no-print-directory --keep-going --jobs=$(AT_ONCE) --output-sync=target $(WORLDS)

lab-flows: $(READY)
	@$(BIN)/python -m pytest -m lab $(FLOWS)

lab-sites: $(READY)
	@$(BIN)/python -m pytest -m lab $(SITES)

lab-waits: $(READY)
	@$(BIN)/python -m pytest -m lab $(WAITS)

lab-prefect: $(READY)
	@$(BIN)/python -m pytest -m lab $(PREFECT)

lab-network: $(READY)
	@$(BIN)/python -m pytest -m lab $(NETWORK)

lab-repairs: $(READY)
	@$(BIN)/python -m pytest -m lab $(REPAIRS) -k "not OSPF"

lab-ospf: $(READY)
	@$(BIN)/python -m pytest -m lab $(REPAIRS) -k OSPF

lab-faults: $(READY)
	@$(BIN)/python -m pytest -m lab $(FAULTS) -k routers

lab-office: $(READY)
	@$(BIN)/python -m pytest -m lab $(FAULTS) -k "not routers"

lab-sessions: $(READY)
	@$(BIN)/python -m pytest -m lab $(SESSIONS)

lab-hosting: $(READY)
	@$(BIN)/python -m pytest -m lab $(HOSTING)

lab-restores: $(READY)
	@$(BIN)/python -m pytest -m lab $(RESTORES)

lab-updates: $(READY)
	@$(BIN)/python -m pytest -m lab $(UPDATES)

lab-deploy: $(READY)
	@$(BIN)/python -m pytest -m lab $(DEPLOY)

lab-rest: $(READY)
	@$(BIN)/python -m pytest -m lab tests --ignore=tests/flows --ignore=tests/playbooks

# Installing waits for other machines, and mypy has one thread: neither needs both processors.
test:
	@$(MAKE) --no-print-directory --jobs=2 $(READY) packages
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target lint unit
	@$(MAKE) --no-print-directory lab

bench: $(READY)
	@$(BIN)/python -m tests.bench $(SIZES)

lab-up: $(READY) packages
	@$(BIN)/python -m tests.lab up

lab-down:
	@test ! -x $(BIN)/python || $(BIN)/python -m tests.lab down

clean: lab-down
	@rm -rf .venv .lab build demo *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
