#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own: a fresh cluster in a temporary folder, on a socket and a
# loopback port, gone when the command ends. `scripts/postgres.sh cargo test` sets KEDUN_TEST_PG for it.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || true)")
[ -x "$bin/initdb" ] || { echo "PostgreSQL's server programs are missing: apt-get install postgresql" >&2; exit 1; }
home=$(mktemp -d /tmp/kedun-pg.XXXXXX)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown nobody "$home"
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
stop() { "${as[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"; }
trap stop EXIT
"${as[@]}" "$bin/initdb" -D "$home/data" -U kedun -A trust --locale=C -E UTF8 >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" \
  -o "-p $port -k $home -c listen_addresses=127.0.0.1 -c max_connections=500 -c shared_buffers=256MB ${KEDUN_PG_OPTIONS:-}" start >/dev/null
"${as[@]}" "$bin/createdb" -h 127.0.0.1 -p "$port" -U kedun kedun
export KEDUN_TEST_PG="postgres://kedun@127.0.0.1:$port/kedun"
"$@"
