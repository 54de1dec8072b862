#!/usr/bin/env bash
# Everything that must be green, from a clean checkout: tools, web, lints, the Rust suites on both databases, and the
# browser stories against the real binary.
set -euo pipefail
cd "$(dirname "$0")/.."
step() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }
export RUST_BACKTRACE=0

step "tools"
scripts/setup.sh

step "web: install, unit tests, build, size"
(cd web && npm ci --no-audit --no-fund --silent && npm test --silent && npm run --silent build && npm run --silent budget)

step "formatting, documentation, the web's lints and types"
scripts/check.sh --without-clippy

step "Rust: lints, and suites on SQLite and PostgreSQL"
scripts/suites.sh

# The tool for it is compiled while the stories are played, which wait as much as they work.
nice -n 10 scripts/deny.sh >target/deny.log 2>&1 &
deny=$!
trap 'kill "$deny" 2>/dev/null || true' EXIT

# The suites have built target/debug/kedun; a build of its own would compile many crates anew, with other features.
step "generated input against the API's document"
scripts/schemathesis.sh

step "browser stories against the real binary"
(cd web && KEDUN_BIN="$PWD/../target/debug/kedun" npm run --silent e2e)

step "dependencies: licences and bans"
wait "$deny" || { cat target/deny.log >&2; exit 1; }
cat target/deny.log

step "done"
