#!/usr/bin/env bash
# The Rust suites on SQLite and PostgreSQL, linted and compiled in one go: clippy's driver is the compiler that also
# lints, so that what `cargo clippy --all-targets` says is said here and nothing is compiled for it a second time.
set -euo pipefail
cd "$(dirname "$0")/.."
driver=$(command -v clippy-driver) || { echo "missing: clippy (rustup component add clippy)" >&2; exit 1; }
# As cargo-clippy passes on `-- -D warnings`.
export CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__

# That way is not a promise of clippy's: a program with a finding must be refused, or nothing here would be.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '#![warn(clippy::todo)]\nfn main() {\n    todo!()\n}\n' >"$folder/finding.rs"
if "$driver" rustc --edition 2024 --emit metadata --out-dir "$folder" "$folder/finding.rs" 2>"$folder/said"; then
  echo "clippy's driver lets findings pass: lint with cargo clippy again" >&2
  exit 1
fi
grep -q 'clippy::todo' "$folder/said" || { cat "$folder/said" >&2; exit 1; }

export RUSTC_WORKSPACE_WRAPPER=$driver
cargo test --workspace --locked --no-run
# A test that cannot find PostgreSQL fails here; elsewhere it leaves that part out.
KEDUN_TEST_BOTH=1 scripts/postgres.sh cargo test --workspace --locked
