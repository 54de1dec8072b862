#!/usr/bin/env bash
# Measures the product beside bare SQL on both engines (docs/performance.md). Builds what it needs, starts a PostgreSQL
# of its own, fills both databases, and writes target/bench/report.md and report.json. About 25 minutes on two cores;
# `--help` of scripts/bench/measure.py names what can be left out, `--million` adds a list at a million customers.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in wrk pgbench psql python3; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install wrk postgresql python3" >&2; exit 1; }
done
target=${CARGO_TARGET_DIR:-target}
cargo build --release --locked --quiet --workspace --bin kedun --example bare
run=(python3 scripts/bench/measure.py --kedun "$(realpath "$target/release/kedun")"
  --bare "$(realpath "$target/release/examples/bare")" "$@")
if [ -n "${KEDUN_TEST_PG:-}" ]; then "${run[@]}"; else scripts/postgres.sh "${run[@]}"; fi
