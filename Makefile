# Trunkline. `make` lists the targets.
SHELL := /bin/sh
BUILD ?= .build
SWIFT ?= swift
# Tests at once: more starve each other's clocks on a small machine.
TEST_WIDTH ?= 4
# For example `--static-swift-stdlib`: one file for each program, with the Swift runtime in it.
RELEASE_FLAGS ?=
RELEASE_BIN = $$($(SWIFT) build -c release --scratch-path $(BUILD) --show-bin-path)

.PHONY: help packages test-packages build release demo test sanitize lint format bench-postgres bench-queue bench-calls bench-directory bench-callbacks bench-router chaos-calls chaos-callbacks fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages: ## install the system packages that are missing
	@deploy/system-packages

test-packages:
	@deploy/system-packages --tests

build: packages ## build every program (debug)
	$(SWIFT) build --scratch-path $(BUILD)

release: packages ## build every program (release)
	$(SWIFT) build -c release $(RELEASE_FLAGS) --scratch-path $(BUILD)

demo: build ## play a busy morning and watch it; ONCE=1 ends by itself, CALLS=n and SEED=n vary it
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/trunkline" demo \
	  $(if $(ONCE),--once) $(if $(CALLS),--calls $(CALLS)) $(if $(SEED),--seed $(SEED))

test: test-packages ## build and run every test
	$(SWIFT) build --build-tests --scratch-path $(BUILD)
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) $(SWIFT) test --skip-build --disable-xctest --scratch-path $(BUILD)

sanitize: test-packages ## the database layer and the job table under the address, leak and thread sanitizers
	SWIFT="$(SWIFT)" Tests/Sanitize/run $(BUILD)/sanitize $(ARGS)

lint: ## check the format
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Plugins

format: ## put the format right
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Plugins

bench-postgres: packages ## our libpq layer against pgbench and psql
	$(SWIFT) build -c release $(RELEASE_FLAGS) --scratch-path $(BUILD) --product bench-database
	@"$(RELEASE_BIN)/bench-database" postgres $(ARGS)

bench-queue: packages ## the job table
	$(SWIFT) build -c release $(RELEASE_FLAGS) --scratch-path $(BUILD) --product bench-database
	@"$(RELEASE_BIN)/bench-database" queue $(ARGS)

bench-calls: release ## calls from ingest to completed record, with the published limits and without
	@"$(RELEASE_BIN)/bench-calls" figures $(ARGS)

bench-directory: packages ## numbers parsed and matched per second, and a full load of the directory
	$(SWIFT) build -c release --scratch-path $(BUILD) --product bench-directory
	@"$(RELEASE_BIN)/bench-directory" $(ARGS)

bench-router: packages ## the router: beside nginx with Lua, with ten million numbers, through outages
	@command -v nginx >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y --no-install-recommends nginx libnginx-mod-http-lua lua-cjson >/dev/null; }
	$(SWIFT) build -c release --scratch-path $(BUILD) --product router
	$(SWIFT) build -c release --scratch-path $(BUILD) --product bench-router
	@"$(RELEASE_BIN)/bench-router" $(ARGS)

fuzz: ## fuzz the request parser and the rule compiler; SECONDS_EACH=n for each of the two
	@SWIFT=$(SWIFT) SECONDS_EACH=$(or $(SECONDS_EACH),60) Fuzzing/run

chaos-calls: build ## KILLS=n SEED=n: kill instances and the database while calls flow, then count
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/bench-calls" chaos \
	  $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench-callbacks: release ## a backlog of callback requests under the published limits
	@"$(RELEASE_BIN)/bench-calls" callbacks $(ARGS)

chaos-callbacks: build ## KILLS=n SEED=n: as chaos-calls, for callback requests
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/bench-calls" chaos-callbacks \
	  $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

clean: ## remove what was built
	rm -rf $(BUILD)
