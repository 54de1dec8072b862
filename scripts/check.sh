#!/usr/bin/env bash
# Formatting, lints and types of both halves. Warnings are errors. `--without-clippy` where the suites are compiled next,
# which lint as well (suites.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
cargo fmt --all --check
[ "${1:-}" = --without-clippy ] || cargo clippy --workspace --all-targets --locked -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
(cd web && npm run --silent lint && npm run --silent typecheck)
