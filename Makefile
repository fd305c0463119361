# Everything one does with this repository, by name. `make` lists it.
#
# Only Go, git and make are needed: build, test, test-long, bench, demo, cover
# and tidy-check use nothing else. The others build their tools first, at the
# versions pinned in .tools/go.mod and .tools/golangci/go.mod, into .tools/bin.

.DEFAULT_GOAL := help

# What a caller may change: make test PKG=./store/... or make demo ARGS=--exit
PKG          ?= ./...
ARGS         ?=
BENCH        ?= .
BENCH_TIME   ?= 1s
BENCH_COUNT  ?= 1
CRASH_ROUNDS ?= 200
DECISIONS    ?= 10000
FUZZ_TIME    ?= 30s
RAPID_CHECKS ?= 2000
CAPS_STEPS   ?= 100000
CLIENTS      ?=
VISITORS     ?= 1000000
UNKNOWN      ?= 10000
IDENTITY_RUNS ?= 300
KILLS        ?= 1000
SOAK         ?= 20m

TOOLS := .tools/bin
BUF   := PATH="$(CURDIR)/$(TOOLS):$$PATH" buf
LINT  := $(TOOLS)/golangci-lint
IMAGE := proto/vitrine.v1.binpb

# The race detector needs a C compiler.
CC_FOUND := $(shell command -v $(firstword $(shell go env CC)) 2>/dev/null)
RACE     := $(if $(CC_FOUND),$(if $(filter 1,$(shell go env CGO_ENABLED)),-race))

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##### Build and run

.PHONY: build
build: ## Compile everything; the binary becomes bin/vitrine.
	CGO_ENABLED=0 go build ./...
	CGO_ENABLED=0 go build -o bin/vitrine ./cmd/vitrine

.PHONY: demo
demo: ## Run the demonstration shop; ARGS=--exit ends it after its story.
	CGO_ENABLED=0 go run ./cmd/vitrine demo $(ARGS)

##### Test

.PHONY: test
test: race-or-say-so ## Run the tests with the race detector; PKG=./store/... for some.
	@.ci/test "$(RACE)" $(PKG)
	@echo
	@echo "LEFT OUT here, done by make test-long: $(CRASH_ROUNDS) rounds of the crash test, replays with"
	@echo "$(DECISIONS) decisions, fuzzing beyond the known inputs, and $(RAPID_CHECKS) checks of each property."
	@$(if $(RACE),true,echo "LEFT OUT for want of a C compiler: the race detector.")

.PHONY: test-long
test-long: test-crash test-disk test-kills test-replay test-properties test-segments fuzz ## Run what takes minutes: crashes, replays, properties, fuzzing.

.PHONY: test-crash
test-crash: race-or-say-so ## Kill the store CRASH_ROUNDS times while it writes, and look for every event.
	@.ci/gotest $(RACE) -timeout 60m -count=1 -run Crash ./store/boltstore -crash.rounds=$(CRASH_ROUNDS)

.PHONY: test-kills
test-kills: build ## Kill a server KILLS times while clients use it, and check every promise.
	@bin/vitrine soak --kills $(KILLS) $(ARGS)

.PHONY: soak
soak: build ## Use a server for SOAK, with kills now and then, and check every promise.
	@bin/vitrine soak --for $(SOAK) --every 10s --clients 16 $(ARGS)

.PHONY: test-disk
test-disk: ## Write to a disk that loses what is written (as root, with loop devices), and look for every event.
	@.ci/gotest -timeout 10m -count=1 -v -run ADiskThatLoses ./store/boltstore -disk.losing

.PHONY: test-replay
test-replay: ## Replay a journal in four ways, and compare DECISIONS decisions byte for byte.
	@.ci/gotest -timeout 20m -count=1 -run 'TestReplay$$' ./server -replay.decisions=$(DECISIONS)

.PHONY: test-properties
test-properties: ## Check each property RAPID_CHECKS times.
	@.ci/gotest -timeout 60m -count=1 $$(.ci/packages-with rapid) -rapid.checks=$(RAPID_CHECKS)
	@.ci/gotest -timeout 60m -count=1 -run 'NeverExceeded|NobodyIsKnown' ./server -caps.steps=$(CAPS_STEPS) -consent.visitors=$(UNKNOWN)
	@.ci/gotest -timeout 60m -count=1 -run 'UnlinkIsTheInverse|OfPersonsAreNever' ./server -identity.runs=$(IDENTITY_RUNS)

.PHONY: test-segments
test-segments: ## Compare fifty segments of VISITORS visitors with a recount of their events.
	@.ci/gotest -timeout 60m -count=1 -run AgainstARecount ./server -segments.visitors=$(VISITORS) -v

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZ_TIME.
	@.ci/fuzz $(FUZZ_TIME)

.PHONY: test-docs
test-docs: build ## Run every command and snippet of the documentation.
	@.ci/gotest -timeout 20m -count=1 ./docs/docstest -docs.vitrine=$(CURDIR)/bin/vitrine -docs.report=$(CURDIR)/bin/snippets.txt
	@cat bin/snippets.txt

.PHONY: cover
cover: ## Run the tests and say how much of our own code they reach.
	@mkdir -p bin
	@.ci/gotest -coverprofile=bin/cover.out -coverpkg=./... ./...
	@grep -v '\.pb\.go:' bin/cover.out > bin/cover.own.out
	@go tool cover -func=bin/cover.own.out | tail -1
	@echo "by line: go tool cover -html=bin/cover.own.out"

.PHONY: bench
bench: ## Run the benchmarks; BENCH, BENCH_TIME, BENCH_COUNT and PKG narrow it down.
	go test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCH_TIME) -count $(BENCH_COUNT) -benchmem $(PKG)

.PHONY: race-or-say-so
race-or-say-so:
ifeq ($(RACE),)
	@echo "*** No C compiler ($$(go env CC), CGO_ENABLED=$$(go env CGO_ENABLED)): the tests run WITHOUT the race detector. ***"
	@test "$$VITRINE_CI" != 1 || { echo "*** CI may not leave it out. ***"; exit 1; }
endif

##### Clients

# What prepares the drivers of CLIENTS (all of them when empty), as far as they need it:
# client-python for python and python-asyncio.
comma        := ,
DRIVERS      := $(shell sed -n 's/^\(client-[a-z]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))
DRIVERS      := $(if $(CLIENTS),$(filter $(foreach c,$(subst $(comma), ,$(CLIENTS)),client-$(firstword $(subst -, ,$(c)))),$(DRIVERS)),$(DRIVERS))
CONFORMANCE  := go run ./clients/conformance --server bin/vitrine --clients "$(CLIENTS)"

.PHONY: test-conformance
test-conformance: drivers ## Play the clients' scenarios against a server behind faults; CLIENTS=go,python for some.
	@$(CONFORMANCE) $(if $(filter 1,$(VITRINE_CI)),--all) $(ARGS)

.PHONY: bench-clients
bench-clients: drivers ## Measure the clients side by side; CLIENTS=go,python for some.
	@$(CONFORMANCE) --bench $(ARGS)

# A client that can't be prepared is left out by the suite, loudly; CI may not do that.
.PHONY: drivers
drivers: build
	@for driver in $(DRIVERS); do $(MAKE) --no-print-directory $$driver || echo "*** make $$driver FAILED ***"; done

##### Check

.PHONY: lint
lint: $(TOOLS)/.proto $(LINT) ## Check style, the Go code's and the contract's.
	$(LINT) run ./...
	$(BUF) lint
	$(BUF) format --diff --exit-code --path proto/vitrine

.PHONY: fmt
fmt: $(TOOLS)/.proto $(LINT) ## Format Go code and contract.
	$(LINT) fmt ./...
	$(BUF) format -w --path proto/vitrine

.PHONY: tidy-check
tidy-check: ## Check that go.mod says what the code needs.
	go mod tidy -diff

##### The contract

.PHONY: generate
generate: $(TOOLS)/.proto ## Format the contract and generate the Go code from it.
	$(BUF) format -w --path proto/vitrine
	$(BUF) generate

.PHONY: check-generate
check-generate: $(TOOLS)/.proto ## Check that the generated code is what the contract gives.
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	$(BUF) generate -o "$$fresh" && \
	diff -r -x '*.proto' "$$fresh/proto/vitrine" proto/vitrine && \
	diff "$$fresh/docs/reference.md" docs/reference.md && \
	echo "generated code is up to date" || { echo "run: make generate"; exit 1; }

.PHONY: breaking
breaking: $(TOOLS)/.proto ## Check that the contract breaks no client of the last release.
	@now=$$(mktemp -d) && trap 'rm -rf "$$now"' EXIT && \
	$(BUF) build -o "$$now/v1.binpb" && \
	$(BUF) breaking "$$now/v1.binpb" --against $(IMAGE) && \
	echo "no client of $(IMAGE) is broken"

# The image is the contract that clients out there were built from: it is
# written once a release, and never to silence `make breaking`. A change that
# breaks it belongs into a new package, vitrine.v2.
.PHONY: image
image: $(TOOLS)/.proto ## Record the contract as the one to stay compatible with: at a release, only.
	$(BUF) build --exclude-source-info -o $(IMAGE)

##### The JSON door

OPENAPI := server/door/openapi

# The OpenAPI document: what the plugin makes of the contract, finished.
define openapi
	$(BUF) generate --template $(OPENAPI)/buf.gen.yaml -o "$$fresh" && \
	$(BUF) build -o "$$fresh/contract.binpb" && \
	go run ./$(OPENAPI) "$$fresh/openapi.yaml" "$$fresh/contract.binpb" > "$$fresh/openapi.json" && \
	$(TOOLS)/validate "$$fresh/openapi.json"
endef

.PHONY: generate-openapi check-generate-openapi
generate: generate-openapi
generate-openapi: $(TOOLS)/.proto
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	$(openapi) && mv "$$fresh/openapi.json" $(OPENAPI).json

check-generate: check-generate-openapi
check-generate-openapi: $(TOOLS)/.proto
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	$(openapi) && diff "$$fresh/openapi.json" $(OPENAPI).json || { echo "run: make generate"; exit 1; }

##### Clients: Java

JAVA         := clients/java
JAVA_V1      := $(JAVA)/src/main/java/io/vitrine/v1
JAVA_PLUGINS := $(JAVA)/.plugins
MVN          := $(JAVA)/mvn

.PHONY: client-java
client-java: ## Build the Java client, and put it into the local Maven repository.
	@$(MVN) -q -f $(JAVA) -Dmaven.test.skip install
	@$(MVN) -q -f $(JAVA)/conformance -Dmaven.test.skip package

.PHONY: test-java
test-java: build ## Test the Java client against the server, and as a program would use it.
	@$(MVN) -f $(JAVA) install
	@$(MVN) -q -f $(JAVA)/conformance -Dmaven.test.skip package
	@echo '{"do":"new","target":"127.0.0.1:1","site":"demo","insecure":true}' | java -jar $(JAVA)/conformance/target/driver.jar | grep -qx '{}' && \
	echo "the packaged client works in a program of its own"

.PHONY: docs-java
docs-java: ## Build the Java client's API documentation: clients/java/target/reports/apidocs.
	@$(MVN) -q -f $(JAVA) javadoc:javadoc

$(JAVA_PLUGINS)/.done: $(JAVA)/pom.xml
	@$(MVN) -q -f $(JAVA) -P plugins generate-sources
	@chmod +x $(JAVA_PLUGINS)/protoc $(JAVA_PLUGINS)/protoc-gen-grpc-java
	@touch $@

.PHONY: generate-java check-generate-java
generate: generate-java
generate-java: $(TOOLS)/.proto $(JAVA_PLUGINS)/.done
	@rm -rf $(JAVA_V1)
	$(BUF) generate --template $(JAVA)/buf.gen.yaml

check-generate: check-generate-java
check-generate-java: $(TOOLS)/.proto $(JAVA_PLUGINS)/.done
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	$(BUF) generate --template $(JAVA)/buf.gen.yaml -o "$$fresh" && \
	diff -r "$$fresh/$(JAVA_V1)" $(JAVA_V1) || { echo "run: make generate"; exit 1; }

##### Clients: Python

PYTHON_CLIENT := clients/python
PYTHON        := $(PYTHON_CLIENT)/.venv/bin/python
PYTHON_EXAMPLES := docs/examples/catalogue-sync docs/examples/cart-mailer

.PHONY: tools-python
tools-python:
	@$(PYTHON_CLIENT)/prepare

.PHONY: client-python
client-python: tools-python ## Build the Python client: wheel and sdist in clients/python/dist.
	@rm -rf $(PYTHON_CLIENT)/dist
	@$(PYTHON) -m build --no-isolation $(PYTHON_CLIENT) >/dev/null && ls $(PYTHON_CLIENT)/dist

.PHONY: test-python
test-python: build client-python ## Check and test the Python client and its examples against the server.
	@cd $(PYTHON_CLIENT) && set -- --config pyproject.toml . $(addprefix ../../,$(PYTHON_EXAMPLES)) && \
	.venv/bin/ruff check "$$@" && .venv/bin/ruff format --check "$$@" && .venv/bin/mypy
	@cd $(PYTHON_CLIENT) && .venv/bin/pytest -c pyproject.toml tests $(addprefix ../../,$(PYTHON_EXAMPLES))

.PHONY: docs-python
docs-python: tools-python ## Write the Python client's reference: clients/python/docs.
	@$(PYTHON) $(PYTHON_CLIENT)/reference.py $(PYTHON_CLIENT)/docs

.PHONY: generate-python check-generate-python
generate: generate-python
generate-python: $(TOOLS)/.proto tools-python
	@rm -rf $(PYTHON_CLIENT)/src/vitrine_client/v1
	@image=$$(mktemp) && trap 'rm -f "$$image"' EXIT && \
	$(BUF) build -o "$$image#format=binpb" && $(PYTHON) $(PYTHON_CLIENT)/generate.py "$$image" $(PYTHON_CLIENT)/src

check-generate: check-generate-python
check-generate-python: $(TOOLS)/.proto tools-python
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	$(BUF) build -o "$$fresh/v1.binpb" && $(PYTHON) $(PYTHON_CLIENT)/generate.py "$$fresh/v1.binpb" "$$fresh" && \
	diff -r -x __pycache__ "$$fresh/vitrine_client/v1" $(PYTHON_CLIENT)/src/vitrine_client/v1 || { echo "run: make generate"; exit 1; }

##### Clients: PHP

.PHONY: client-php
client-php: ## Have PHP and PHPUnit here, and the PHP client ready to run.
	@clients/php/prepare

.PHONY: test-php
test-php: build client-php ## Test the PHP client against the server.
	@phpunit --configuration clients/php

##### Clients: TypeScript

TS         := clients/typescript
TS_MODULES := $(TS)/node_modules/.package-lock.json
TS_GEN     := $(TS)/src/gen

# Where clients/typescript/prepare puts a Node if the machine's own is too old.
export PATH := $(CURDIR)/$(TS)/.node/bin:$(PATH)

$(TS_MODULES): $(TS)/package-lock.json
	@$(TS)/prepare
	@touch $@

.PHONY: client-typescript
client-typescript: $(TS_MODULES) ## Build the TypeScript client, into clients/typescript/dist.
	@cd $(TS) && rm -rf dist && npm run --silent build

.PHONY: test-typescript
test-typescript: build client-typescript ## Check and test the TypeScript client against the server, and as a shop installs it.
	@cd $(TS) && npm run --silent lint && npm test --silent

.PHONY: docs-typescript
docs-typescript: $(TS_MODULES) ## Build the TypeScript client's API documentation: clients/typescript/docs.
	@cd $(TS) && npm run --silent docs

.PHONY: generate-typescript check-generate-typescript
generate: generate-typescript
generate-typescript: $(TOOLS)/.proto $(TS_MODULES)
	@rm -rf $(TS_GEN)
	$(BUF) generate --template $(TS)/buf.gen.yaml

check-generate: check-generate-typescript
check-generate-typescript: $(TOOLS)/.proto $(TS_MODULES)
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	$(BUF) generate --template $(TS)/buf.gen.yaml -o "$$fresh" && \
	diff -r "$$fresh/$(TS_GEN)" $(TS_GEN) || { echo "run: make generate"; exit 1; }

##### Packages

# TARGETS=linux/amd64,darwin/arm64 for some; all six when left out.
TARGETS ?=
# -packaging.install has the test install the Debian package on this very machine.
INSTALL ?=

.PHONY: packages
packages: ## Build the archives, .deb, .rpm, bills of materials and checksums into dist/.
	@go run -C .packaging . -out "$(CURDIR)/dist" -targets "$(TARGETS)"

.PHONY: test-packages
test-packages: packages ## Test what make packages built, the Dockerfile, the unit and the manifests.
	@cd .packaging && ../.ci/gotest -timeout 20m -count=1 . $(if $(INSTALL),-packaging.install)

.PHONY: licences
licences: ## List the licences of what is compiled in; fail at one that is not permissive.
	@go run -C .packaging . -licences -targets "$(TARGETS)"

##### Examples

STOREFRONT := docs/examples/storefront

$(STOREFRONT)/node_modules/.package-lock.json: $(STOREFRONT)/package-lock.json
	@$(STOREFRONT)/prepare
	@touch $@

.PHONY: storefront
storefront: build client-typescript $(STOREFRONT)/node_modules/.package-lock.json ## Open the example shop at http://127.0.0.1:8080, with a Vitrine of its own.
	@cd $(STOREFRONT) && npm run --silent build && node dist/src/main.js

.PHONY: test-storefront
test-storefront: build client-typescript $(STOREFRONT)/node_modules/.package-lock.json ## Visit the example shop in a headless Chromium.
	@$(STOREFRONT)/prepare --browser
	@cd $(STOREFRONT) && rm -rf dist && npm run --silent build && npm test --silent

##### Tools

.PHONY: tools
tools: $(TOOLS)/.proto $(LINT) ## Build the pinned tools.

$(TOOLS)/.proto: .tools/go.mod .tools/go.sum
	CGO_ENABLED=0 go build -C .tools -o bin/ tool
	@touch $@

$(LINT): .tools/golangci/go.mod .tools/golangci/go.sum
	CGO_ENABLED=0 go build -C .tools/golangci -o ../bin/ tool
	@touch $@

.PHONY: clean
clean: ## Remove what was built, the tools included.
	rm -rf bin dist $(TOOLS)
