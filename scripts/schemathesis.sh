#!/usr/bin/env bash
# Asks every operation of the API's document with generated input, against the real binary over a demo company, as a
# sales representative, the system administrator and the security administrator: no 5xx, no reply that the document
# does not promise. The seed is fixed and each of the three has a company of their own, so that a failure comes again.
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.32.5
venv=target/schemathesis
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
  local role=$1
  python3 scripts/schemathesis.py "$work/$role" "$role"
  "$venv/bin/schemathesis" --config-file "$work/$role/asked.toml" run "$(cat "$work/$role/url")/api/v1/openapi.json" \
    --header "Authorization: Bearer $(cat "$work/$role/token")" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --phases coverage,fuzzing --max-examples "${KEDUN_EXAMPLES:-15}" --seed 1 --generation-deterministic \
    --continue-on-failure --no-shrink --request-timeout 20 --warnings off --no-color \
    --exclude-path /api/v1/events \
    --exclude-path /api/v1/sessions/current \
    --exclude-path '/api/v1/sessions/{id}' \
    --exclude-path '/api/v1/devices/{id}' \
    --exclude-path '/api/v1/people/{id}/sessions' \
    --exclude-path-regex '^/api/v1/me/(password|totp)'
  # Whoever is signed out along the way is answered 401 everywhere, which proves nothing.
  curl --silent --fail --output /dev/null --header "Authorization: Bearer $(cat "$work/$role/token")" \
    "$(cat "$work/$role/url")/api/v1/me" || { echo "the session did not last"; return 1; }
  [ -z "${KEDUN_COUNTS:-}" ] || curl --silent "$(cat "$work/$role/url")/metrics" >"/tmp/api.$role.metrics"
}

roles=(rep system_admin security_admin)
for role in "${roles[@]}"; do
  mkdir "$work/$role"
  "$bin" demo --json --unlimited --port 0 --customers 60 --people 20 --data "$work/$role/data" \
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
