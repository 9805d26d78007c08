# Every target installs the locked environment into .venv first, if it is not there yet.
EXPERIMENT ?= laptop
CORES ?= all
FAMILY ?= gaussian_process
PYTHON ?= python3

# posterior_methods wants what make results makes, and says so before hours have passed.
BENCHMARKS ?= machine posterior_methods prediction_rate force_layouts force_sums block_steps leapfrog_against_rebound cost_curves gradient_growth \
	integrators time_to_solution process_likelihood scale_planning scale_gathering scale_runs

# Tables of a GPU, which no other benchmark makes.
GPU_BENCHMARKS ?= device_pairs device_runs

BIN := .venv/bin
INSTALLED := .venv/installed
SLURM_LOCKS := slurm $(if $(filter yes,$(GPU)),cuda)
SLURM_INSTALLED := .venv-slurm/installed$(if $(filter yes,$(GPU)),-with-cuda)
CONFIG := config/$(EXPERIMENT).yaml
# What each command does stands in src/nbody_emulator/cli/commands; what must be there before it, here.
CLI := $(BIN)/python -m nbody_emulator.cli

# A person's settings of pip that no environment of its own survives, and Python's way with a folder's letters.
export PIP_USER := 0
export PYTHONUTF8 := 1

# Python overrides a locale without letters, but not this one.
ifneq ($(filter C POSIX,$(LC_ALL)),)
unexport LC_ALL
endif

ifeq ($(origin experiment),command line)
$(error write EXPERIMENT=$(experiment), in capitals)
endif
ifeq ($(origin cores),command line)
$(error write CORES=$(cores), in capitals)
endif
ifneq ($(shell printf '%s' '$(CORES)' | grep -Ex 'all|[1-9][0-9]*'),$(CORES))
$(error CORES=$(CORES) is no number of cores; write all, or a number from 1 on)
endif
ifneq ($(notdir $(EXPERIMENT)),$(EXPERIMENT))
$(error EXPERIMENT=$(EXPERIMENT) is no name; write that of a file in config, without .yaml)
endif
ifeq ($(wildcard $(CONFIG)),)
$(error there is no $(CONFIG); write EXPERIMENT=name of a file in config, without .yaml)
endif

# $(call unless_made_here,folder): FORCE where the environment is to be made, or gone over, whatever the dates say: it was made
# for another folder (a copied or renamed checkout), or installing is what was asked for.
unless_made_here = $(if $(subst x$(CURDIR),,x$(shell cat $(1) 2>/dev/null))$(filter install%,$(MAKECMDGOALS)),FORCE)

# $(call install,folder,locks,options): an environment of its own, from locks in envs.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; point PYTHON at one: make PYTHON=python3.12")'
	@[ "$$(cat $@ 2>/dev/null)" = "$(CURDIR)" ] || rm -rf $(1)
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/uv.lock
	$(1)/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python $(1)/bin/python $(patsubst %,envs/%.lock,$(2)) envs/uv.lock
	$(1)/bin/uv pip install --quiet --no-deps $(3) --python $(1)/bin/python --editable .
	@printf '%s' "$(CURDIR)" > $@
endef

FORCE:

.PHONY: help install install-slurm results evaluate infer report explain check gc accept reproduce contract test test-slow test-faults test-cluster test-dependencies lint publish carry picture findings release verify benchmark benchmark-gpu tutorials docs locks
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

install: $(INSTALLED) ## the locked environment, in .venv

$(INSTALLED): envs/cpu.lock envs/uv.lock pyproject.toml $(call unless_made_here,$(INSTALLED))
	$(call install,.venv,cpu,--no-build-isolation)

install-slurm: $(SLURM_INSTALLED) ## the environment for a cluster, in .venv-slurm; GPU=yes with CUDA

$(SLURM_INSTALLED): $(SLURM_LOCKS:%=envs/%.lock) envs/uv.lock pyproject.toml $(call unless_made_here,$(SLURM_INSTALLED))
	$(call install,.venv-slurm,$(SLURM_LOCKS))

results: $(INSTALLED) ## run an experiment: make results EXPERIMENT=laptop|test|course
	$(CLI) run $(CONFIG) --cores $(CORES)

evaluate: $(INSTALLED) ## open the sealed test set (development stream), once for each set of models; the ledger keeps it
	$(CLI) evaluate $(CONFIG) --cores $(CORES)

infer: $(INSTALLED) ## posteriors of the clusters in observations/*.yaml; FAMILY=gaussian_process
	$(CLI) infer-folder $(CONFIG) --family '$(FAMILY)' --cores $(CORES)

report: results ## one self-contained HTML page with every figure and its caption
	$(CLI) report $(CONFIG)

explain: $(INSTALLED) ## say which results would be made, and which keys (old -> new) are the cause
	@$(CLI) explain $(CONFIG)

check: $(INSTALLED) ## compare every stored file with its checksum; what is damaged is named and set aside
	@$(CLI) check

gc: $(INSTALLED) ## list stored results that no experiment refers to; DELETE=yes deletes those older than a week, OLDER=days
	@$(CLI) gc $(if $(filter yes,$(DELETE)),--delete) $(if $(OLDER),--older '$(OLDER)')

accept: $(INSTALLED) ## let refactored code keep its results, if the `test` experiment comes out the same to the bit
	@$(BIN)/python workflow/accept.py

contract: $(INSTALLED) ## the table of edits and what each reruns, tested, with verdicts
	@$(BIN)/python -m pytest -n0 tests/workflow/test_contract.py tests/workflow/test_own_contract.py

test: $(INSTALLED) ## all tests but the slow ones
	$(BIN)/python -m pytest

test-slow: $(INSTALLED) ## the slow tests, many minutes: the collapse of a cluster's core
	$(BIN)/python -m pytest -n0 -s -m slow

test-faults: $(INSTALLED) ## kills, full disks and other faults, each tried and counted, many minutes; SEED=number draws the kills again
	$(BIN)/python -m pytest -n0 -m faults

test-cluster: $(INSTALLED) ## the experiment through a real SLURM of two nodes, started here, whatever happens to it; as root
	@$(BIN)/python tests/cluster/slurm_here.py
	@$(MAKE) --no-print-directory install-slurm
	$(BIN)/python -m pytest -n0 -m cluster tests/cluster

test-dependencies: $(INSTALLED) ## the package in two new environments: with the oldest versions that it may meet, and the newest
	$(BIN)/python -m pytest -n0 -m dependencies

lint: $(INSTALLED) ## style of the code and of the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/python workflow/lint.py

publish: results evaluate ## copy figures, tables and scores (of the development stream) to results/published
	$(CLI) publish $(CONFIG)

carry: results ## publish what refactored code makes, the published evaluation carried over, if the models answer the same; BEFORE=folder
	$(CLI) carry $(CONFIG) $(if $(BEFORE),--before '$(BEFORE)')

picture: results ## the picture of explore.html in README.md, taken anew; needs Chromium
	$(BIN)/python workflow/picture.py results/$(EXPERIMENT)/explore.html docs/explore.png

findings: $(INSTALLED) ## after make publish: README.md and docs with all that was found
	$(BIN)/python workflow/findings.py

release: results ## open the release stream of the test set, once a version, and publish: make release VERSION=1.0.0
	$(CLI) evaluate $(CONFIG) --release '$(VERSION)' --cores $(CORES)
	$(CLI) publish $(CONFIG) --release

verify: $(INSTALLED) ## say, without running, whether what is published is what the present code would make
	$(CLI) verify $(CONFIG)

reproduce: $(INSTALLED) ## make what is published again in a new folder, of what is committed alone, and compare; FOLDER=new folder
	@$(CLI) reproduce $(CONFIG) --cores $(CORES) $(if $(FOLDER),--folder '$(FOLDER)')

benchmark: $(INSTALLED) ## speed against named rivals, then docs/performance.md; hours, or name some: BENCHMARKS="force_sums"
	@set -e; for script in $(BENCHMARKS) page; do $(BIN)/python benchmarks/$$script.py; done

benchmark-gpu: $(INSTALLED) ## speed on this machine's GPU, with CUDA 12 put into .venv, then docs/performance.md
	@ls /dev/nvidia[0-9]* > /dev/null 2>&1 || { echo "no GPU is visible here, so nothing is measured" >&2; exit 1; }
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r envs/cuda.lock
	@set -e; for script in $(GPU_BENCHMARKS) page; do $(BIN)/python benchmarks/$$script.py; done

tutorials: $(INSTALLED) ## run the tutorials of docs/tutorials, and write their pages; minutes
	$(BIN)/python tests/tutorial_pages.py

docs: $(INSTALLED) ## the documentation as a site, in site: open site/index.html; warnings are errors, links are checked
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

locks: $(INSTALLED) ## compile the locks from pyproject.toml, and write codemeta.json
	$(BIN)/python workflow/lock.py
	$(BIN)/python workflow/codemeta.py
