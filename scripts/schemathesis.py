"""Signs one role of a demo company in and writes what scripts/schemathesis.sh asks with: its token, and a thing of the
caller's own for each kind of path, so that generated input gets past the first 404.

usage: schemathesis.py FOLDER ROLE, where FOLDER holds what `kedun demo --json` printed as `ready`"""

import json
import sys
import urllib.error
import urllib.request

folder, role = sys.argv[1:]
with open(f"{folder}/ready", encoding="utf-8") as file:
    ready = json.loads(file.readline())
me = next(person for person in ready["people"] if person["role"] == role)


def call(path, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{ready['url']}/api/v1{path}", data, headers)
    return json.load(urllib.request.urlopen(request, timeout=20))


def granted(path, body=None):
    """The reply, or nothing where this role may not ask."""
    try:
        return call(path, body, token)
    except urllib.error.HTTPError as refusal:
        if refusal.code not in (403, 404):
            raise
        return {}


def sign_in(person):
    return call("/sessions", {"login": person["login"], "password": person["password"]})


def first(rows):
    return rows[0]["id"] if rows else "none"


def order(who, clear):
    wanted = {"object": "customer", "fields": ["name", "phone"], "purpose": "report", "format": "csv", "clear": clear}
    return call("/exports", wanted, who)["id"]


session = sign_in(me)
token, own = session["token"], session["person"]["id"]
# Somebody's order in clear waits for whoever decides, and is what a representative takes back.
seller = token if role == "rep" else sign_in(next(p for p in ready["people"] if p["role"] == "rep"))["token"]
waiting = order(seller, True)
mine = {"filter": {"field": "owner", "op": "me"}, "limit": 1}
seen = granted("/objects/customer/query", mine).get("records") or granted("/objects/customer/query", {}).get("records")
record = first(seen)
# Never the caller: their own account must last.
others = [p for p in call("/people?limit=50", token=token)["people"] if p["id"] != own]
entries = granted("/ledger/entries?limit=1").get("entries") or [{"id": "none"}]
handovers = (granted("/handovers", {"person": person["id"], "reason": "leave"}) for person in others)
sold = first(call("/objects/customer/query", mine, seller)["records"])
asked = {"kind": "correction", "channel": "phone", "text": "The address is another one."}
request = call(f"/objects/customer/records/{sold}/rights_requests", asked, seller)["id"]
erasing = {"object": "customer", "record": sold, "ground": "consent_withdrawn"}
ids = {
    r"/rights_requests/\{id\}": request,
    r"/erasures/\{id\}": granted("/erasures", erasing).get("id", "none"),
    r"/objects/\{object\}/records/\{id\}": record,
    r"/people/\{id\}": first(others),
    r"/exports/\{id\}(/file)?$": order(token, False) if role == "rep" else waiting,
    r"/exports/\{id\}/cancellation": waiting,
    r"/tasks/\{id\}": first(granted("/tasks?state=open").get("tasks")),
    r"/alerts/\{id\}": first(granted("/alerts?state=all").get("alerts")),
    r"/handovers/\{id\}": next((plan["id"] for plan in handovers if plan), "none"),
}
with open(f"{folder}/asked.toml", "w", encoding="utf-8") as file:
    if role != "rep":
        # A method that a path does not have is refused before anybody asks who calls: one role is enough.
        print("[phases.coverage]\nunexpected-methods = []", file=file)
    print("[parameters]", file=file)
    places = {"object": "customer", "kind": "object", "name": "customer", "purpose": "sales_contact", "id": record}
    places |= {"path": "0/000.p/1", "entry": entries[0]["id"]}
    for name, value in places.items():
        print(f'"path.{name}" = {json.dumps(value)}', file=file)
    for path, value in ids.items():
        print(f"[[operations]]\ninclude-path-regex = {json.dumps('^/api/v1' + path)}", file=file)
        print(f'parameters = {{ "path.id" = {json.dumps(value)} }}', file=file)
for name, value in (("token", token), ("url", ready["url"])):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
        file.write(value)
