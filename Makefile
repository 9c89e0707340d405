# Trunkline. `make` lists the targets.
SHELL := /bin/sh
BUILD ?= .build
SWIFT ?= swift
# Tests at once: more starve each other's clocks on a small machine.
TEST_WIDTH ?= 4
RELEASE_BIN = $$($(SWIFT) build -c release --scratch-path $(BUILD) --show-bin-path)

.PHONY: help packages build release demo test lint format bench-postgres bench-queue bench-calls chaos-calls clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages: ## install the system packages that are missing
	@deploy/system-packages

build: packages ## build every program (debug)
	$(SWIFT) build --scratch-path $(BUILD)

release: packages ## build every program (release)
	$(SWIFT) build -c release --scratch-path $(BUILD)

demo: build ## play a busy morning and watch it; ONCE=1 ends by itself, CALLS=n and SEED=n vary it
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/trunkline" demo \
	  $(if $(ONCE),--once) $(if $(CALLS),--calls $(CALLS)) $(if $(SEED),--seed $(SEED))

test: packages ## build and run every test
	$(SWIFT) build --build-tests --scratch-path $(BUILD)
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) $(SWIFT) test --skip-build --disable-xctest --scratch-path $(BUILD)

lint: ## check the format
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Plugins

format: ## put the format right
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Plugins

bench-postgres: packages ## our libpq layer against pgbench and psql
	$(SWIFT) build -c release --scratch-path $(BUILD) --product bench-database
	@"$(RELEASE_BIN)/bench-database" postgres $(ARGS)

bench-queue: packages ## the job table
	$(SWIFT) build -c release --scratch-path $(BUILD) --product bench-database
	@"$(RELEASE_BIN)/bench-database" queue $(ARGS)

bench-calls: release ## calls from ingest to completed record, with the published limits and without
	@"$(RELEASE_BIN)/bench-calls" figures $(ARGS)

chaos-calls: build ## KILLS=n SEED=n: kill instances and the database while calls flow, then count
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/bench-calls" chaos \
	  $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

clean: ## remove what was built
	rm -rf $(BUILD)
