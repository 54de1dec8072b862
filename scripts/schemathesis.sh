#!/usr/bin/env bash
# Asks every operation of the API's document with generated input, against the real binary over a demo company, as a
# sales representative and as the system administrator: no 5xx, no reply that the document does not promise. The seed is
# fixed, so that a failure comes again.
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
"$bin" demo --json --unlimited --port 0 --customers 60 --people 20 --data "$work/data" >"$work/ready" 2>"$work/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 600); do
  [ -s "$work/ready" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done

# Tokens, and a record of each caller's own so that generated input gets past the first 404.
python3 - "$work" <<'PY'
import json, sys, urllib.request
work = sys.argv[1]
ready = json.loads(open(f"{work}/ready").read().splitlines()[0])
people = {}
for person in ready["people"]:
    people.setdefault(person["role"], person)

def call(path, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{ready['url']}/api/v1{path}", data, headers)
    return json.load(urllib.request.urlopen(request, timeout=10))

open(f"{work}/url", "w").write(ready["url"])
for role in ("rep", "system_admin"):
    who = people[role]
    token = call("/sessions", {"login": who["login"], "password": who["password"]})["token"]
    record = call("/people?limit=1", token=token)["people"][0]["id"]
    if role == "rep":
        mine = {"filter": {"field": "owner", "op": "me"}, "limit": 1}
        record = call("/objects/customer/query", mine, token)["records"][0]["id"]
    open(f"{work}/{role}.token", "w").write(token)
    open(f"{work}/{role}.toml", "w").write(
        '[parameters]\n"path.object" = "customer"\n"path.kind" = "object"\n"path.name" = "customer"\n'
        f'"path.purpose" = "sales_contact"\n"path.id" = "{record}"\n'
    )
PY

# Left out, each for a reason:
#   events                 a stream without an end
#   sessions/current       would sign the caller out
#   sessions/{id} devices/{id} people/{id}/sessions (DELETE)  would end the caller's session if one id were hit
#   me/password            wrong guesses lock the account
failed=0
for role in rep system_admin; do
  echo "-- as $role"
  "$venv/bin/schemathesis" --config-file "$work/$role.toml" run "$(cat "$work/url")/api/v1/openapi.json" \
    --header "Authorization: Bearer $(cat "$work/$role.token")" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --phases examples,coverage,fuzzing --max-examples "${KEDUN_EXAMPLES:-15}" --seed 1 --generation-deterministic \
    --generation-database none --continue-on-failure --no-shrink --request-timeout 20 --warnings off --no-color \
    --exclude-path /api/v1/events \
    --exclude-path /api/v1/sessions/current \
    --exclude-path '/api/v1/sessions/{id}' \
    --exclude-path '/api/v1/devices/{id}' \
    --exclude-path '/api/v1/people/{id}/sessions' \
    --exclude-path /api/v1/me/password || failed=1
done
exit $failed
