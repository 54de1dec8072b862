#!/usr/bin/env python3
"""Measures the product over HTTP beside the bare equivalent on the same database, in turns, and writes the tables.

Called by scripts/bench.sh, which builds and starts PostgreSQL. What is measured and why: docs/performance.md.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
READS = ["list", "read", "phone", "filter"]
WRITES = ["create", "update", "follow_up"]
# What the product does, and the bare operation it is held against.
BARE = {"create": "insert", "update": "insert", "follow_up": "insert"}
NAMES = {
    "list": "list page of 50 own customers",
    "read": "read one customer",
    "phone": "search by exact phone",
    "filter": "filter with count",
    "create": "create with intake",
    "update": "update a field",
    "follow_up": "append a follow-up",
}
# What the app asks for when it shows the list: the columns of the view "mine".
COLUMNS = ["name", "level", "stage", "industry", "phone", "deal_amount", "last_follow_up", "next_follow_up"]
SCHEMA = "kedun_bench"


def say(text):
    print(text, file=sys.stderr, flush=True)


# Engines with a server of ours, to be ended in any case.
running = []


class Api:
    """A few calls of the product's API, to prepare what wrk will ask."""

    def __init__(self, url):
        self.url = url

    def call(self, method, path, token=None, body=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as reply:
            text = reply.read()
            return json.loads(text) if text else None

    def sign_in(self, login, password):
        return self.call("POST", "/api/v1/sessions", body={"login": login, "password": password})["token"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Engine:
    """One database with the product on it and the bare driver beside it."""

    def __init__(self, name, args, work):
        self.name, self.args, self.work = name, args, work
        self.folder = work / f"{name}-{args.customers}"
        self.schema = f"{SCHEMA}_{args.customers}"
        self.pg = os.environ.get("KEDUN_TEST_PG") if name == "postgres" else None
        self.number = 0
        self.server = self.bare = None

    # -- filling ------------------------------------------------------------------------------------------------------

    def fill(self):
        """Fills the database through the product's own verbs; says how long it took."""
        note = self.folder / "people.json"
        if note.exists():
            self.people = json.loads(note.read_text())
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            self.args.kedun, "demo", "--json", "--lean", str(self.args.follow_ups), "--customers",
            str(self.args.customers), "--people", str(self.args.people), "--seed", "1", "--port", "0",
            "--data", str(self.folder),
        ]
        if self.pg:
            command += ["--postgres", self.pg, "--schema", self.schema]
        started = time.monotonic()
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = demo.stdout.readline()
        took = time.monotonic() - started
        if not line:
            raise SystemExit(f"kedun demo failed on {self.name}")
        self.people = json.loads(line)["people"]
        demo.send_signal(signal.SIGTERM)
        demo.wait(120)
        if self.pg:
            # What autovacuum would do within minutes of such a filling.
            subprocess.run(["psql", "-q", self.pg, "-c", "VACUUM ANALYZE"], check=True)
        note.write_text(json.dumps(self.people))
        return took

    # -- the product ----------------------------------------------------------------------------------------------------

    def start(self):
        """Starts the product; says how long it took until it was ready, in seconds."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        env = {k: v for k, v in os.environ.items() if not k.startswith("KEDUN_")}
        env.update({
            "KEDUN_SERVER_LISTEN": f"127.0.0.1:{self.port}",
            "KEDUN_KEY_PATH": str(self.folder / "kedun.key"),
            "KEDUN_LOG_LEVEL": "warn",
            # The brake for scripts is off: this is a script.
            "KEDUN_LIMITS_READS": "1000000000", "KEDUN_LIMITS_SEARCHES": "1000000000",
            "KEDUN_LIMITS_CHANGES": "1000000000", "KEDUN_LIMITS_REVEALS": "1000000000",
            "KEDUN_LIMITS_SIGN_INS": "1000000000",
        })
        if self.pg:
            env.update({"KEDUN_DATA_POSTGRES_URL": self.pg, "KEDUN_DATA_SCHEMA": self.schema})
        else:
            env["KEDUN_DATA_FOLDER"] = str(self.folder)
        started = time.monotonic()
        log = open(self.work / f"{self.name}.log", "a")
        self.server = subprocess.Popen([self.args.kedun, "serve"], env=env, stdout=log, stderr=log, cwd=self.folder)
        while True:
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=5) as reply:
                    if reply.status == 200:
                        return time.monotonic() - started
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            if self.server.poll() is not None or time.monotonic() - started > 60:
                raise SystemExit(f"kedun serve did not become ready; see {log.name}")
            time.sleep(0.002)

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(60)
            self.server = None

    def memory(self, what):
        """`VmRSS` now or `VmHWM` since the start, MB."""
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith(what))) / 1024

    def prepare(self):
        """Signs the reps in and writes the requests of each operation into a file for wrk."""
        api = Api(self.url)
        password = self.people[0]["password"]
        reps = [p["login"] for p in self.people if p["role"] == "rep"]
        version = None
        lines = {op: [] for op in READS + WRITES}
        for login in reps:
            token = api.sign_in(login, password)
            version = version or api.call("GET", "/api/v1/notices/sales_contact", token)["version"]
            ids, phones, cursor = [], [], None
            for _ in range(3):
                asked = {"view": "mine", "limit": 200, "fields": ["name", "phone"]}
                if cursor:
                    asked["cursor"] = cursor
                page = api.call("POST", "/api/v1/objects/customer/query", token, asked)
                for record in page["records"]:
                    ids.append(record["id"])
                    if "phone" in record["fields"]:
                        phones.append(record["id"])
                cursor = page["next_cursor"]
                if not cursor:
                    break
            if not ids:
                continue
            def add(op, method, path, body=None):
                text = "" if body is None else json.dumps(body, ensure_ascii=False)
                lines[op].append(f"{method}\t/api/v1/objects/{path}\t{token}\t{text}")
            add("list", "POST", "customer/query", {"view": "mine", "limit": 50, "fields": COLUMNS})
            add("filter", "POST", "customer/query", {
                "view": "mine", "limit": 50, "fields": COLUMNS, "count": True, "filter": {"field": "level", "op": "eq", "value": "A"}})
            for record in ids[:400]:
                add("read", "GET", f"customer/records/{record}")
                add("update", "PATCH", f"customer/records/{record}", {"fields": {"city": "城{n}"}})
                add("follow_up", "POST", "follow_up/records", {"fields": {
                    "customer": record, "kind": "call", "outcome": "progress",
                    "content": "电话联系设备科，确认下周三上门演示，编号{n}。"}})
            for record in random.Random(login).sample(phones, min(4, len(phones))):
                path = f"/api/v1/objects/customer/records/{record}/reveals"
                clear = api.call("POST", path, token, {"field": "phone", "purpose": "call"})["value"]
                add("phone", "POST", "customer/search", {"q": clear, "limit": 50})
            add("create", "POST", "customer/records", {
                "fields": {"name": "测速医院{n}", "phone": "139{n}", "level": "B", "industry": "clinic"},
                "intake": {"notice": {"id": "sales_contact", "version": version}, "purpose": "sales_contact",
                           "basis": "consent", "channel": "in_person",
                           "consents": [{"kind": "collect", "given": True}]}})
        self.files = {}
        for op, asked in lines.items():
            # Two sizes are asked side by side, each with sessions of its own.
            self.files[op] = self.work / f"{self.name}-{self.args.customers}-{op}.txt"
            self.files[op].write_text("\n".join(asked) + "\n")

    def product(self, op, callers, seconds):
        self.number += 500_000
        threads = 1 if callers == 1 else 2
        done = subprocess.run(
            ["wrk", "-t", str(threads), "-c", str(callers), "-d", f"{seconds}s", "--timeout", "30s",
             "-s", str(HERE / "requests.lua"), self.url, "--", str(self.files[op]), str(self.number)],
            capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"wrk: {done.stderr}")
        result = json.loads(done.stdout.strip().splitlines()[-1])
        if result["refused"] * 2 > result["requests"]:
            raise SystemExit(f"{op}: {result['refused']} of {result['requests']} requests were refused")
        result["per_second"] = (result["requests"] - result["refused"]) / result["seconds"]
        return result

    # -- the bare driver --------------------------------------------------------------------------------------------------

    def start_bare(self):
        command = [self.args.bare, "--readers", str(self.args.readers)]
        command += ["--postgres", self.pg, "--schema", self.schema] if self.pg else ["--folder", str(self.folder)]
        self.bare = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.bare.stdout.readline()

    def driver(self, op, callers, seconds):
        self.bare.stdin.write(f"{op} {callers} {seconds}\n")
        self.bare.stdin.flush()
        line = self.bare.stdout.readline()
        if not line:
            raise SystemExit("the bare driver failed")
        return json.loads(line)

    def stop_bare(self):
        if self.bare:
            self.bare.stdin.close()
            self.bare.wait(30)
            self.bare = None

    # -- pgbench ----------------------------------------------------------------------------------------------------------

    def scripts(self):
        """The bare statements with the values written out, one file each, as pgbench wants them."""
        folder = self.work / "pgbench"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        def ask(sql):
            done = subprocess.run(["psql", "-q", "-At", self.pg, "-c", f"SET search_path TO {self.schema}; {sql}"],
                                  capture_output=True, text=True, check=True)
            return done.stdout.split()
        owners = ask("SELECT DISTINCT r.owner FROM record r JOIN person_role p ON p.person = r.owner AND p.role = 'rep' "
                     "WHERE r.object = 'customer' AND r.deleted_at IS NULL")
        ids = ask("SELECT id FROM record WHERE object = 'customer' AND owner IS NOT NULL AND deleted_at IS NULL LIMIT 20000")
        tokens = ask("SELECT encode(token, 'hex') FROM blind WHERE kind = 'phone' AND object = 'customer' LIMIT 2000")
        columns = ("r.id, r.object, r.subject, r.parent, r.root, r.owner, r.department, r.pool, r.title, r.stage, "
                   "r.status, r.amount, r.next_follow_up, r.last_follow_up, r.owned_since, r.created_by, r.created_at, "
                   "r.updated_at, r.deleted_at, r.revision, r.hold, r.doc, r.sealed")
        own = "r.object = 'customer' AND r.deleted_at IS NULL AND r.owner = '{owner}'"
        level = ("EXISTS (SELECT 1 FROM idx_ref i WHERE i.record = r.id AND i.field = 'customer.f8' AND i.value = 'A')")
        audit = ("INSERT INTO bench_audit (id, at, action, person, object, entry) VALUES (gen_random_uuid()::text, 1, "
                 "'record.create', '{owner}', 'customer', decode(repeat('07', 260), 'hex'));")
        texts = {
            "list": f"SELECT {columns} FROM record r WHERE {own} ORDER BY r.updated_at DESC, r.id DESC LIMIT 51;",
            "read": f"SELECT {columns} FROM record r WHERE r.id = '{{id}}';",
            "phone": f"SELECT {columns} FROM blind b JOIN record r ON r.id = b.record WHERE b.kind = 'phone' "
                     "AND b.token = '\\x{token}' AND b.object = 'customer' AND r.deleted_at IS NULL LIMIT 50;",
            "filter": f"SELECT {columns} FROM record r WHERE {own} AND {level} ORDER BY r.updated_at DESC, r.id DESC "
                      f"LIMIT 51;\nSELECT COUNT(*) FROM (SELECT r.id FROM record r WHERE {own} AND {level} LIMIT 1001) c;",
            "insert": "BEGIN;\nINSERT INTO record (id, object, root, owner, title, stage, amount, owned_since, created_by, "
                      "created_at, updated_at, revision, hold, doc, sealed) VALUES (gen_random_uuid()::text, 'bench_row', "
                      "'x', '{owner}', '南京市某某医院', 'needs', 1200000, 1, '{owner}', 1, 1, 1, 0, "
                      "'{{\"f7\":\"x\",\"f8\":\"A\",\"f10\":\"referral\"}}', decode(repeat('07', 320), 'hex'));\n"
                      + audit + "\nCOMMIT;",
        }
        choose = random.Random(1)
        self.sql = {}
        for op, text in texts.items():
            self.sql[op] = []
            for n in range(100):
                path = folder / f"{op}-{n}.sql"
                path.write_text(text.format(owner=choose.choice(owners), id=choose.choice(ids), token=choose.choice(tokens)) + "\n")
                self.sql[op].append(path)

    def pgbench(self, op, callers, seconds):
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(callers), "-j", str(min(2, callers)), "-T", str(seconds)]
        for path in self.sql[op]:
            command += ["-f", str(path)]
        env = dict(os.environ, PGOPTIONS=f"-c search_path={self.schema}")
        done = subprocess.run(command + [self.pg], capture_output=True, text=True, env=env)
        if done.returncode != 0:
            raise SystemExit(f"pgbench: {done.stderr}")
        rate = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
        return {"per_second": float(rate.split()[2])}


def export(engine, rows):
    """Exports so many rows through the API, approval included; says seconds from the approval to the finished file."""
    api = Api(engine.url)
    password = engine.people[0]["password"]
    by_role = {}
    for person in engine.people:
        by_role.setdefault(person["role"], []).append(person["login"])
    # As many rows as one export may have lie within the reach of few: everything, or as many levels as fit.
    narrower = [None] + [{"field": "level", "op": "in", "value": levels} for levels in (["A", "B"], ["A"])]
    for login in by_role["manager"]:
        token = api.sign_in(login, password)
        case = None
        for narrow in narrower:
            asked = {"object": "customer", "fields": ["name", "level", "stage", "industry", "city", "deal_amount"],
                     "purpose": "report", "format": "csv"} | ({"filter": narrow} if narrow else {})
            try:
                case = api.call("POST", "/api/v1/exports", token, asked)
            except urllib.error.HTTPError as error:
                if error.code == 422:
                    continue
                return {"skipped": f"{error.code} {error.read().decode()[:200]}"}
            if case["rows"] >= rows:
                break
            api.call("POST", f"/api/v1/exports/{case['id']}/cancellation", token, {})
            case = None
        if case is None:
            continue
        for approver in by_role["manager"] + by_role["legal"] + by_role["security_admin"]:
            if approver == login:
                continue
            other = api.sign_in(approver, password)
            tasks = api.call("GET", "/api/v1/tasks?state=open", other)["tasks"]
            mine = [t for t in tasks if t["kind"] == "export" and not t.get("mine")]
            if not mine:
                continue
            started = time.monotonic()
            try:
                api.call("POST", f"/api/v1/tasks/{mine[0]['id']}/decisions", other,
                         {"decision": "approve", "snapshot_hash": mine[0]["snapshot_hash"]})
            except urllib.error.HTTPError:
                continue
            while True:
                state = api.call("GET", f"/api/v1/exports/{case['id']}", token)
                if state["state"] in ("ready", "failed"):
                    seconds = time.monotonic() - started
                    return {"state": state["state"], "rows": case["rows"], "seconds": seconds,
                            "rows_per_second": case["rows"] / seconds}
                if time.monotonic() - started > 120:
                    return {"skipped": f"still {state['state']} after two minutes"}
                time.sleep(0.02)
    return {"skipped": "nobody may export so many rows"}


def middle(rounds, key):
    values = [r[key] for r in rounds if key in r]
    return statistics.median(values) if values else None


def measure(engine, args, cells):
    ops = [op for op in READS + WRITES if not args.ops or op in args.ops.split(",")]
    for turn in range(args.rounds):
        for callers in args.callers:
            for op in ops:
                cell = cells.setdefault((engine.name, op, callers), {"product": [], "bare": [], "pgbench": []})
                bare = BARE.get(op, op)
                cell["product"].append(engine.product(op, callers, args.seconds))
                cell["bare"].append(engine.driver(bare, callers, args.seconds))
                if engine.pg:
                    cell["pgbench"].append(engine.pgbench(bare, callers, args.seconds))
                p, b = cell["product"][-1], cell["bare"][-1]
                say(f"  {engine.name} round {turn + 1} c={callers} {op}: {p['per_second']:.0f}/s p50 {p['p50_us'] / 1000:.2f} ms, "
                    f"bare {b['per_second']:.0f}/s p50 {b['p50_us'] / 1000:.2f} ms, ratio {p['per_second'] / b['per_second']:.2f}"
                    + (f", refused {p['refused']}" if p["refused"] or p["broken"] else ""))


def verdict(op, product, bare, pgbench):
    """Whether the goals of a cell hold, as (driver, pgbench)."""
    ratio = product["per_second"] / bare["per_second"]
    added = (product["p50_us"] - bare["p50_us"]) / 1000
    driver = (ratio >= 0.5 or added <= 1.5) if op in READS else ratio >= 0.4
    return driver, None if pgbench is None or op not in READS else product["per_second"] / pgbench >= 1 / 6


def table(name, cells, args):
    lines = []
    pg = name == "postgres"
    head = "| operation | callers | product /s | p50 ms | p95 ms | driver /s | p50 ms | ratio | added ms |"
    rule = "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    lines.append(head + (" pgbench /s | ratio |" if pg else "") + " goal |")
    lines.append(rule + ("--:|--:|" if pg else "") + "---|")
    for op in READS + WRITES:
        for callers in args.callers:
            cell = cells.get((name, op, callers))
            if not cell:
                continue
            product = {k: middle(cell["product"], k) for k in ("per_second", "p50_us", "p95_us")}
            bare = {k: middle(cell["bare"], k) for k in ("per_second", "p50_us")}
            rate = middle(cell["pgbench"], "per_second")
            good, better = verdict(op, product, bare, rate)
            row = (f"| {NAMES[op]} | {callers} | {product['per_second']:,.0f} | {product['p50_us'] / 1000:.2f} | "
                   f"{product['p95_us'] / 1000:.2f} | {bare['per_second']:,.0f} | {bare['p50_us'] / 1000:.2f} | "
                   f"{product['per_second'] / bare['per_second']:.2f} | {(product['p50_us'] - bare['p50_us']) / 1000:+.2f} |")
            if pg:
                row += f" {rate:,.0f} | {product['per_second'] / rate:.2f} |"
            row += " met |" if good and better is not False else " **short** |"
            lines.append(row)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kedun", required=True)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--follow-ups", type=int, default=2, help="of each customer")
    parser.add_argument("--people", type=int, default=75, help="75 people are 50 reps")
    parser.add_argument("--callers", default="1,8,32")
    parser.add_argument("--seconds", type=int, default=3, help="of one run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ops", default="")
    parser.add_argument("--readers", type=int, default=6, help="connections of the bare pool; the product's default")
    parser.add_argument("--million", action="store_true", help="also a list page at ten times the customers (slow)")
    parser.add_argument("--work", help="keep the filled databases here and use them again")
    parser.add_argument("--out", default="target/bench")
    args = parser.parse_args()
    args.callers = [int(n) for n in args.callers.split(",")]
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(args.work or tempfile.mkdtemp(prefix="kedun-bench-")).resolve()
    work.mkdir(parents=True, exist_ok=True)
    cells, facts = {}, {}
    engines = args.engines.split(",")
    try:
        for name in engines:
            engine = Engine(name, args, work)
            running.append(engine)
            if name == "postgres" and not engine.pg:
                raise SystemExit("KEDUN_TEST_PG is not set; run scripts/bench.sh")
            fact = facts.setdefault(name, {})
            say(f"{name}: filling {args.customers} customers, {args.customers * args.follow_ups} follow-ups …")
            fact["fill_seconds"] = engine.fill()
            starts = []
            for _ in range(3):
                starts.append(engine.start())
                if len(starts) < 3:
                    engine.stop()
            fact["start_seconds"] = starts
            time.sleep(3)
            fact["idle_mb"] = engine.memory("VmRSS")
            engine.prepare()
            engine.start_bare()
            if engine.pg:
                engine.scripts()
            measure(engine, args, cells)
            if not args.ops or "export" in args.ops.split(","):
                fact["export"] = export(engine, 10_000)
                # The same number of rows by one statement, decoded and thrown away.
                fact["export"]["bare_rows_per_second"] = 10_000 * engine.driver("export", 1, args.seconds)["per_second"]
                say(f"  {name} export: {fact['export']}")
            fact["load_mb"] = engine.memory("VmHWM")
            engine.stop_bare()
            engine.stop()
            running.remove(engine)
            say(f"  {name}: start {min(starts):.2f} s, idle {fact['idle_mb']:.0f} MB, under load {fact['load_mb']:.0f} MB")
            if args.million:
                fact["million"] = million(name, args, work)
    finally:
        for thing in list(running):
            thing.stop_bare()
            thing.stop()
        if not args.work:
            shutil.rmtree(work, ignore_errors=True)
    write(out, args, cells, facts)


def million(name, args, work):
    """Medians of a list page at the size asked for and at ten times it, in turns."""
    larger = argparse.Namespace(**{**vars(args), "customers": args.customers * 10, "follow_ups": 0})
    pair = [Engine(name, args, work), Engine(name, larger, work)]
    for engine in pair:
        running.append(engine)
        say(f"{name}: {engine.args.customers} customers …")
        engine.fill()
        engine.start()
        engine.prepare()
    result = {}
    for callers in args.callers:
        rounds = [[], []]
        for _ in range(max(3, args.rounds)):
            for i, engine in enumerate(pair):
                rounds[i].append(engine.product("list", callers, args.seconds))
        small, large = (middle(r, "p50_us") for r in rounds)
        result[callers] = {"small_p50_us": small, "large_p50_us": large, "ratio": large / small}
        say(f"  {name} c={callers}: list page {small / 1000:.2f} ms and {large / 1000:.2f} ms, ratio {large / small:.2f}")
    for engine in pair:
        engine.stop()
        running.remove(engine)
    return result


def write(out, args, cells, facts):
    text = [f"Customers {args.customers:,}, follow-ups {args.customers * args.follow_ups:,}; {args.rounds} rounds of "
            f"{args.seconds} s, medians; product, driver and pgbench in turns.\n"]
    for name, fact in facts.items():
        text.append(f"## {'SQLite (SQLCipher)' if name == 'sqlite' else 'PostgreSQL'}\n")
        text.append(table(name, cells, args) + "\n")
        starts = ", ".join(f"{s:.2f}" for s in fact["start_seconds"])
        text.append(f"Start to ready: {starts} s. Memory idle: {fact['idle_mb']:.0f} MB; highest under load: "
                    f"{fact['load_mb']:.0f} MB." + (f" Filling: {fact['fill_seconds']:.0f} s." if fact["fill_seconds"] else ""))
        if "export" in fact:
            text.append(f"Export: {json.dumps(fact['export'])}")
        for callers, m in fact.get("million", {}).items():
            text.append(f"List page with {callers} callers: {m['small_p50_us'] / 1000:.2f} ms at {args.customers:,} "
                        f"customers, {m['large_p50_us'] / 1000:.2f} ms at {args.customers * 10:,}: ratio {m['ratio']:.2f}.")
        text.append("")
    report = "\n".join(text)
    (out / "report.md").write_text(report)
    raw = {"facts": facts, "cells": [{"engine": e, "operation": o, "callers": c, **v} for (e, o, c), v in cells.items()]}
    (out / "report.json").write_text(json.dumps(raw, indent=1))
    print(report)


if __name__ == "__main__":
    main()
