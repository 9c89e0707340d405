# Trunkline. `make` lists the targets.
SHELL := /bin/sh
BUILD ?= .build
SWIFT ?= swift
# The build passes a package's traits in the order of a set; without this it is another order each time, and half of everything is built anew.
export SWIFT_DETERMINISTIC_HASHING = 1
# Tests at once: more starve each other's clocks on a small machine.
TEST_WIDTH ?= 4
# What is shipped and measured: one file for each program, with the Swift runtime in it.
RELEASE_FLAGS ?= --static-swift-stdlib --disable-local-rpath
RELEASE = $(SWIFT) build -c release $(RELEASE_FLAGS) --scratch-path $(BUILD)
RELEASE_BIN = $$($(RELEASE) --show-bin-path)
PROGRAMS = call-sync user-sync callback-sync router console trunkline sandbox

.PHONY: help packages test-packages build release deb demo test sanitize lint format bench-postgres bench-queue bench-calls bench-directory bench-callbacks bench-router bench-console chaos-calls chaos-callbacks ha upgrade-test fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages: ## install the system packages that are missing
	@deploy/system-packages

test-packages:
	@deploy/system-packages --tests
	@deploy/check/tools $(BUILD)/deploy-tools

build: packages ## build every program (debug)
	$(SWIFT) build --scratch-path $(BUILD)

release: packages ## build every program (release)
	@for program in $(PROGRAMS); do $(RELEASE) --product $$program || exit 1; done

deb: ## build the Debian package build/trunkline_VERSION_ARCHITECTURE.deb
	@deploy/system-packages --deb
	@for program in $(PROGRAMS); do $(RELEASE) --product $$program || exit 1; done
	@deploy/debian/build "$(RELEASE_BIN)" $(BUILD)/checkouts build

demo: build ## play a busy morning and watch it; ONCE=1 ends by itself, CALLS=n and SEED=n vary it
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/trunkline" demo \
	  $(if $(ONCE),--once) $(if $(CALLS),--calls $(CALLS)) $(if $(SEED),--seed $(SEED))

test: test-packages ## build and run every test
	$(SWIFT) build --build-tests --scratch-path $(BUILD)
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) Tests/run $(SWIFT) test --skip-build --disable-xctest --scratch-path $(BUILD)

sanitize: test-packages ## the database layer and the job table under the address, leak and thread sanitizers
	SWIFT="$(SWIFT)" Tests/Sanitize/run $(BUILD)/sanitize $(ARGS)

lint: ## check the format
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Plugins Fuzzing/Package.swift Fuzzing/Sources

format: ## put the format right
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Plugins Fuzzing/Package.swift Fuzzing/Sources

bench-postgres: packages ## our libpq layer against pgbench and psql
	$(RELEASE) --product bench-database
	@"$(RELEASE_BIN)/bench-database" postgres $(ARGS)

bench-queue: packages ## the job table
	$(RELEASE) --product bench-database
	@"$(RELEASE_BIN)/bench-database" queue $(ARGS)

bench-calls: release ## calls from ingest to completed record, with the published limits and without
	$(RELEASE) --product bench-calls
	@"$(RELEASE_BIN)/bench-calls" figures $(ARGS)

bench-directory: release ## numbers parsed and matched per second, a full load of the directory, and what changes cost
	$(RELEASE) --product bench-directory
	@"$(RELEASE_BIN)/bench-directory" $(ARGS)

bench-router: packages ## the router: beside nginx with Lua, with ten million numbers, through outages
	@command -v nginx >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y --no-install-recommends nginx libnginx-mod-http-lua lua-cjson >/dev/null; }
	$(RELEASE) --product router
	$(RELEASE) --product bench-router
	@"$(RELEASE_BIN)/bench-router" $(ARGS)

bench-console: packages ## how quickly a large hub answers, reports and pages: 20 million calls, 50 million jobs; ARGS="--keep DIR", then "--reuse DIR"
	$(RELEASE) --product console
	$(RELEASE) --product bench-console
	@"$(RELEASE_BIN)/bench-console" $(ARGS)

fuzz: ## fuzz the request parser and the rule compiler; SECONDS_EACH=n for each of the two
	@SWIFT=$(SWIFT) SECONDS_EACH=$(or $(SECONDS_EACH),60) Fuzzing/run

chaos-calls: build ## KILLS=n SEED=n: kill instances and the database while calls flow, then count
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/bench-calls" chaos \
	  $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench-callbacks: release ## a backlog of callback requests under the published limits
	$(RELEASE) --product bench-calls
	@"$(RELEASE_BIN)/bench-calls" callbacks $(ARGS)

chaos-callbacks: build ## KILLS=n SEED=n: as chaos-calls, for callback requests
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/bench-calls" chaos-callbacks \
	  $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

ha: build ## SEED=n: three PostgreSQL servers under Patroni; kill the primary, a replica, etcd's leader, cut a network, then count
	@deploy/system-packages --ha
	@"$$($(SWIFT) build --scratch-path $(BUILD) --show-bin-path)/bench-calls" ha $(if $(SEED),--seed $(SEED)) $(ARGS)

upgrade-test: build ## FROM=revision SEED=n: bring a hub of an earlier revision to this one while calls flow, then count
	@SWIFT=$(SWIFT) BUILD=$(BUILD) Benchmarks/upgrade-test "$(FROM)" $(if $(SEED),--seed $(SEED)) $(ARGS)

clean: ## remove what was built
	rm -rf $(BUILD)
