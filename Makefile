# The two commands of the README, and the steps they are made of. What they need is installed or named by
# scripts/tools.sh (to build) and scripts/setup.sh (to test).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: demo test check bench rust web-check stories web build tools

demo: build ## Opens a demo company in the browser's reach: prints the address and the people
	@target/release/kedun demo

test: ## Everything that must be green
	@scripts/test.sh

tools: ## Names what a build needs and is not there, or installs it
	@scripts/tools.sh

build: tools web
	cargo build --release --locked --workspace --bin kedun --bin kedun-audit

web: web/dist/index.html

# The tools before everything, and never a reason to build anew.
web/dist/index.html: web/package-lock.json $(shell find web/src web/public web/index.html -type f 2>/dev/null) | tools
	cd web && npm ci --no-audit --no-fund && npm run build
	@touch $@

check: ## Formatting and lints, Rust and web
	@scripts/check.sh

bench: ## Beside bare SQL on both engines; about 25 minutes (docs/performance.md)
	@scripts/bench.sh
