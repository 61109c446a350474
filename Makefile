# make test is what a clean clone runs; make check is the rest of what must hold.

GO       ?= go
BIN      := $(CURDIR)/bin
# Per fuzz target, in make fuzz and make check: of the packages that read what
# strangers send, and of the others.
LONG_FUZZTIME ?= 60s
FUZZTIME      ?= 10s

# Pinned, so that a new release of a linter breaks nobody's build by itself.
GOFUMPT_VERSION  := v0.12.0
GOLANGCI_VERSION := v2.15.0
GOVULN_VERSION   := v1.9.0

GOLANGCI := $(BIN)/golangci-lint-$(GOLANGCI_VERSION)

.DEFAULT_GOAL := build
.PHONY: build test race cuts cross check lint vuln fuzz bench docs inspector clean

build: ## the binary, bin/mail-imap-mcp
	$(GO) build -trimpath -o $(BIN)/mail-imap-mcp ./cmd/mail-imap-mcp

test: ## vet and every test, against Dovecot too where it is or can be installed
	scripts/install-dovecot
	$(GO) vet ./...
	$(GO) test -timeout 10m ./...

race: ## every test under the race detector, in the long form: 10,000 matches
	MAIL_IMAP_TEST_LONG=1 $(GO) test -race -timeout 25m ./...

cuts: ## changes of mail whose connection is cut at every byte
	MAIL_IMAP_TEST_CUTS=1 $(GO) test -run '^TestCut_' -v -timeout 25m ./internal/change

lint: $(GOLANGCI) ## formatting and static checks
	@out=$$($(GO) run mvdan.cc/gofumpt@$(GOFUMPT_VERSION) -l .); \
	if [ -n "$$out" ]; then echo "not formatted as gofumpt has it:"; echo "$$out"; exit 1; fi
	$(GOLANGCI) run ./...

$(GOLANGCI):
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(BIN)/golangci-lint $(GOLANGCI)

vuln: ## known vulnerabilities; says so and goes on where the database is out of reach
	GOVULN_VERSION=$(GOVULN_VERSION) scripts/vuln

fuzz: ## every fuzz target, LONG_FUZZTIME or FUZZTIME each
	LONG_FUZZTIME=$(LONG_FUZZTIME) FUZZTIME=$(FUZZTIME) scripts/fuzz

# Every system that somebody may build for. Vet reads the tests too.
CROSS := linux/amd64 linux/arm64 darwin/arm64 windows/amd64 freebsd/amd64 openbsd/amd64 netbsd/amd64

cross: ## build and vet for every system, in CROSS
	@for target in $(CROSS); do \
		echo "cross: $$target"; export CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/}; \
		$(GO) build ./... && $(GO) vet ./... || exit 1; \
	done

check: lint vuln cross race cuts fuzz ## everything but make test and the inspector

bench: ## round trips, bytes, time and memory
	$(GO) test -run '^$$' -bench . -benchmem ./...

docs: ## docs/tools.md and the schema snapshots, from the tool definitions
	$(GO) test ./internal/tools -update

inspector: ## the official MCP inspector against the binary and Dovecot
	scripts/inspector

clean:
	rm -rf $(BIN)
