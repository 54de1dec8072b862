#!/usr/bin/env bash
# Formatting, lints and types of both halves. Warnings are errors.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked -- -D warnings
cargo doc --workspace --no-deps --locked --quiet
(cd web && npm run --silent lint && npm run --silent typecheck)
