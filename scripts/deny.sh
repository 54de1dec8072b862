#!/usr/bin/env bash
# Licences, bans and sources by deny.toml. The advisory database is not asked: it must be fetched, and a build that
# needs the network to say no is a build that says yes offline.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(command -v cargo-deny || true)
if [ -z "$tool" ]; then
  CARGO_TARGET_DIR=target/tools cargo install cargo-deny --locked --debug --root target/tools --quiet
  tool=target/tools/bin/cargo-deny
fi
# It looks at the crates of every platform, and a build fetches those of its own only.
cargo fetch --locked --quiet
"$tool" --offline --all-features check licenses bans sources
