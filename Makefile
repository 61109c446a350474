# make test is what a clean clone runs; make check is the rest of what must hold
# of every change; make long takes the hour that a release deserves.

GO       ?= go
BIN      := $(CURDIR)/bin
# Per fuzz target: of the packages that read what strangers send, and of the
# others. make long fuzzes eight times as long.
LONG_FUZZTIME ?= 8s
FUZZTIME      ?= 4s

# Pinned, so that a new release of a linter breaks nobody's build by itself.
GOFUMPT_VERSION  := v0.12.0
GOLANGCI_VERSION := v2.15.0
GOVULN_VERSION   := v1.9.0

# More packages and tests at a time than processors, for many of them wait; and
# garbage is collected less often, which a tenth of their time went into.
WAITING := -p 4 -parallel 4
test: export GOGC := 300

GOLANGCI := $(BIN)/golangci-lint-$(GOLANGCI_VERSION)

.DEFAULT_GOAL := build
.PHONY: build test race check long race-long cuts fuzz-long cross lint vuln fuzz bench docs clients clean

build: ## the binary, bin/mail-imap-mcp
	$(GO) build -trimpath -o $(BIN)/mail-imap-mcp ./cmd/mail-imap-mcp

test: ## vet and every test, against Dovecot too where it is or can be installed
	scripts/install-dovecot
	$(GO) vet ./...
	$(GO) test $(WAITING) -timeout 10m ./...

race: ## the race detector, on packages that run anything at the same time
	$(GO) test -race -short -timeout 20m $$(scripts/concurrent)

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

check: lint vuln cross race fuzz ## what must hold of every change, beside make test and the clients

long: race-long cuts fuzz-long ## before a release: an hour and a half on two processors

race-long: ## every test of every package under the race detector, 10,000 matches
	MAIL_IMAP_TEST_LONG=1 $(GO) test -race -timeout 30m ./...

cuts: ## changes of mail whose connection is cut at every byte; make test cuts at some
	MAIL_IMAP_TEST_CUTS=1 $(GO) test -run '^TestCut_' -v -timeout 30m ./internal/change

fuzz-long: ## every fuzz target for a minute, or half of one
	LONG_FUZZTIME=60s FUZZTIME=30s scripts/fuzz

bench: ## tokens, round trips, bytes, time and memory
	@MAIL_IMAP_TEST_TOKENS=1 $(GO) test -count=1 -v -run '^TestTokens' ./internal/tools | grep -E '^ +--- |  [0-9]+ of |^FAIL'
	$(GO) test -run '^$$' -bench . -benchmem ./...

docs: ## README.md's variables, docs/tools.md, the schema snapshots and docs/servers.md, from the code
	$(GO) test ./internal/config -run "^TestReadme_" -update
	$(GO) test ./internal/tools -update
	$(GO) test ./internal/imapconn -run "^TestServersPage_" -update

clients: ## the official MCP inspector, Python and TypeScript SDKs against the binary and Dovecot
	scripts/clients

clean:
	rm -rf $(BIN)
