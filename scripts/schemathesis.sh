#!/usr/bin/env bash
# Asks every operation of the API's document with generated input, against the real binary over a demo company, as a
# sales representative, their manager, a lawyer and the three administrators: no 5xx, no reply that the document does
# not promise. The seed is fixed and each of the six has a company of their own, so that a failure comes again.
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.32.5
venv=$PWD/target/schemathesis
if [ ! -x "$venv/bin/schemathesis" ] || [ "$(cat "$venv/version" 2>/dev/null)" != "$version" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
  echo "$version" >"$venv/version"
fi
bin=${KEDUN_BIN:-target/debug/kedun}
[ -x "$bin" ] || cargo build --locked --bin kedun
work=$(mktemp -d)
servers=()
leave() {
  for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap leave EXIT

# Left out, each for a reason:
#   events                 a stream without an end
#   sessions/current       would sign the caller out
#   sessions/{id} devices/{id} people/{id}/sessions (DELETE)  would end the caller's session if one id were hit
#   me/password me/totp/…  wrong guesses lock the account
ask() {
  local role=$1 only='.*'
  # These are asked only what the others may not do; the rest is the same refusals again.
  case $role in
    manager) only='/(handovers|tasks|alerts|exports|spot_checks)' ;;
    legal) only='/(rights_requests|erasures|retention|tasks)' ;;
    audit_admin) only='/(ledger|exports)' ;;
  esac
  python3 scripts/schemathesis.py "$work/$role" "$role" || return 1
  # It keeps what failed in the folder it runs in and tries that first: with the company it goes, and runs are alike.
  cd "$work/$role"
  "$venv/bin/schemathesis" --config-file asked.toml run "$(cat url)/api/v1/openapi.json" \
    --header "Authorization: Bearer $(cat token)" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --phases coverage,fuzzing --max-examples "${KEDUN_EXAMPLES:-4}" --seed 1 --generation-deterministic \
    --continue-on-failure --no-shrink --request-timeout 20 --warnings off --no-color \
    --include-path-regex "$only" \
    --exclude-path /api/v1/events \
    --exclude-path /api/v1/sessions/current \
    --exclude-path '/api/v1/sessions/{id}' \
    --exclude-path '/api/v1/devices/{id}' \
    --exclude-path '/api/v1/people/{id}/sessions' \
    --exclude-path-regex '^/api/v1/me/(password|totp)' || return 1
  # Whoever is signed out along the way is answered 401 everywhere, which proves nothing.
  python3 -c 'import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], headers={"Authorization": sys.argv[2]}))' \
    "$(cat url)/api/v1/me" "Bearer $(cat token)" 2>/dev/null || { echo "the session did not last"; return 1; }
}

roles=(rep manager legal system_admin security_admin audit_admin)
for role in "${roles[@]}"; do
  mkdir "$work/$role"
  "$bin" demo --json --unlimited --port 0 --log error --customers 60 --people 20 --data "$work/$role/data" \
    >"$work/$role/ready" 2>"$work/$role/log" &
  servers+=($!)
done
for i in "${!roles[@]}"; do
  for _ in $(seq 600); do
    [ -s "$work/${roles[i]}/ready" ] && break
    kill -0 "${servers[i]}" 2>/dev/null || { cat "$work/${roles[i]}/log" >&2; exit 1; }
    sleep 0.1
  done
done
asking=()
for role in "${roles[@]}"; do
  (ask "$role") >"$work/$role/said" 2>&1 &
  asking+=($!)
done
failed=0
for i in "${!roles[@]}"; do
  wait "${asking[i]}" || failed=1
  echo "-- as ${roles[i]}"
  cat "$work/${roles[i]}/said"
  # What the server holds for a fault of its own stands here with its cause.
  cat "$work/${roles[i]}/log" >&2
done
exit $failed
