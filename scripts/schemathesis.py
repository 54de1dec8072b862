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


def granted(*asked):
    """The reply, or nothing where this role may not ask; that too is a reply to hold against the document."""
    try:
        return call(*asked)
    except urllib.error.HTTPError as refusal:
        if refusal.code not in (403, 404):
            raise
        return {}


def first(rows, otherwise="none"):
    return rows[0]["id"] if rows else otherwise


session = call("/sessions", {"login": me["login"], "password": me["password"]})
token, own = session["token"], session["person"]["id"]
mine = {"filter": {"field": "owner", "op": "me"}, "limit": 1}
order = {"object": "customer", "fields": ["name"], "purpose": "report", "format": "csv"}
record = first(granted("/objects/customer/query", mine, token).get("records"))
ids = {
    "/objects/{object}/records/{id}": record,
    # Never the caller: their own account must last.
    "/people/{id}": first([p for p in call("/people?limit=50", token=token)["people"] if p["id"] != own]),
    "/exports/{id}": granted("/exports", order, token).get("id", "none"),
    "/tasks/{id}": first(granted("/tasks", None, token).get("tasks")),
    "/alerts/{id}": first(granted("/alerts?state=all", None, token).get("alerts")),
}
with open(f"{folder}/asked.toml", "w", encoding="utf-8") as file:
    print("[parameters]", file=file)
    places = {"object": "customer", "kind": "object", "name": "customer", "purpose": "sales_contact", "id": record}
    for name, value in places.items():
        print(f'"path.{name}" = {json.dumps(value)}', file=file)
    for path, value in ids.items():
        regex = "^/api/v1" + path.replace("{", r"\{").replace("}", r"\}")
        print(f"[[operations]]\ninclude-path-regex = {json.dumps(regex)}", file=file)
        print(f'parameters = {{ "path.id" = {json.dumps(value)} }}', file=file)
for name, value in (("token", token), ("url", ready["url"])):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
        file.write(value)
