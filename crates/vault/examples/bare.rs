//! The bare equivalent of what the benchmark asks of the product: the same statements through the same driver, on the
//! same database, with a pool of the same size and every row decoded; without rights, decryption, masking, log or HTTP.
//!
//! A tool of `scripts/bench.sh`, never shipped. It lives beside the vault because SQL is spoken nowhere else.
//! It reads orders from standard input, `<op> <concurrency> <seconds>`, and answers each with one line of JSON.

use kedun_vault::keys::{Kek, KekSource};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _};
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A record, decoded. The same columns as the product reads.
#[expect(dead_code, reason = "decoding is the point")]
struct Record {
    id: String,
    object: String,
    subject: Option<String>,
    parent: Option<String>,
    root: String,
    owner: Option<String>,
    department: Option<String>,
    pool: Option<String>,
    title: Option<String>,
    stage: Option<String>,
    status: Option<String>,
    amount: Option<i64>,
    next_follow_up: Option<i64>,
    last_follow_up: Option<i64>,
    owned_since: Option<i64>,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
    revision: i64,
    hold: i64,
    doc: String,
    sealed: Vec<u8>,
}

const COLUMNS: &str = "r.id, r.object, r.subject, r.parent, r.root, r.owner, r.department, r.pool, r.title, r.stage, \
    r.status, r.amount, r.next_follow_up, r.last_follow_up, r.owned_since, r.created_by, r.created_at, r.updated_at, \
    r.deleted_at, r.revision, r.hold, r.doc, r.sealed";

/// What each operation needs to know, taken from the database once.
struct Samples {
    owners: Vec<String>,
    customers: Vec<String>,
    tokens: Vec<Vec<u8>>,
}

/// The statements; `scripts/bench/measure.py` gives pgbench the same ones.
struct Texts {
    list: String,
    read: String,
    phone: String,
    filter: String,
    count: String,
    export: String,
}

const INSERT: &str = "INSERT INTO record (id, object, subject, parent, root, owner, department, pool, title, stage, \
    status, amount, next_follow_up, last_follow_up, owned_since, created_by, created_at, updated_at, deleted_at, \
    revision, hold, doc, sealed) VALUES ($1, 'bench_row', $1, NULL, $1, $2, NULL, NULL, $3, 'needs', NULL, 1200000, \
    NULL, NULL, $4, $2, $4, $4, NULL, 1, 0, $5, $6)";
const UPDATE: &str = "UPDATE record SET doc = $2, updated_at = $3, revision = revision + 1 WHERE id = $1";
const AUDIT: &str =
    "INSERT INTO bench_audit (id, at, action, person, object, entry) VALUES ($1, $2, $3, $4, $5, $6)";
const AUDIT_TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_audit (id TEXT PRIMARY KEY, at BIGINT NOT NULL, \
    action TEXT NOT NULL, person TEXT NOT NULL, object TEXT NOT NULL, entry BYTEA NOT NULL)";

const DOC: &str =
    r#"{"f7":"南京","f8":"A","f10":"referral","f11":"hospital_2","f12":["ultrasound","monitor"],"f13":620}"#;

fn texts() -> Texts {
    let own = "r.object = 'customer' AND r.deleted_at IS NULL AND r.owner = $1";
    let level =
        "EXISTS (SELECT 1 FROM idx_ref i WHERE i.record = r.id AND i.field = 'customer.f8' AND i.value = $2)";
    Texts {
        list: format!(
            "SELECT {COLUMNS} FROM record r WHERE {own} ORDER BY r.updated_at DESC, r.id DESC LIMIT 51"
        ),
        read: format!("SELECT {COLUMNS} FROM record r WHERE r.id = $1"),
        phone: format!(
            "SELECT {COLUMNS} FROM blind b JOIN record r ON r.id = b.record WHERE b.kind = 'phone' AND b.token = $1 \
             AND b.object = 'customer' AND r.deleted_at IS NULL LIMIT 50"
        ),
        filter: format!(
            "SELECT {COLUMNS} FROM record r WHERE {own} AND {level} ORDER BY r.updated_at DESC, r.id DESC LIMIT 51"
        ),
        count: format!(
            "SELECT COUNT(*) FROM (SELECT r.id FROM record r WHERE {own} AND {level} LIMIT 1001) counted"
        ),
        // Ten thousand at once, of whomever: what an export reads in pages, under the rights of one person.
        export: format!(
            "SELECT {COLUMNS} FROM record r WHERE r.object = 'customer' AND r.deleted_at IS NULL ORDER BY r.id LIMIT 10000"
        ),
    }
}

fn now() -> i64 {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
    i64::try_from(wall).unwrap_or(i64::MAX)
}

fn id() -> String {
    uuid::Uuid::now_v7().to_string()
}

enum Store {
    Sqlite { read: sqlx::SqlitePool, writer: tokio::sync::Mutex<sqlx::SqliteConnection> },
    Postgres(sqlx::PgPool),
}

struct Bench {
    store: Store,
    samples: Samples,
    texts: Texts,
    turn: AtomicUsize,
}

/// Decodes every column, by position as the product does.
macro_rules! decoded {
    ($row:expr) => {
        Record {
            id: $row.try_get(0)?,
            object: $row.try_get(1)?,
            subject: $row.try_get(2)?,
            parent: $row.try_get(3)?,
            root: $row.try_get(4)?,
            owner: $row.try_get(5)?,
            department: $row.try_get(6)?,
            pool: $row.try_get(7)?,
            title: $row.try_get(8)?,
            stage: $row.try_get(9)?,
            status: $row.try_get(10)?,
            amount: $row.try_get(11)?,
            next_follow_up: $row.try_get(12)?,
            last_follow_up: $row.try_get(13)?,
            owned_since: $row.try_get(14)?,
            created_by: $row.try_get(15)?,
            created_at: $row.try_get(16)?,
            updated_at: $row.try_get(17)?,
            deleted_at: $row.try_get(18)?,
            revision: $row.try_get(19)?,
            hold: $row.try_get(20)?,
            doc: $row.try_get(21)?,
            sealed: $row.try_get(22)?,
        }
    };
}

/// Reads through either pool; the bodies differ in the type of the pool only.
macro_rules! reads {
    ($self:expr, $pool:expr, $op:expr, $n:expr) => {{
        let samples = &$self.samples;
        let owner = &samples.owners[$n % samples.owners.len()];
        let rows = match $op {
            "list" => {
                sqlx::query(AssertSqlSafe($self.texts.list.clone())).bind(owner).fetch_all($pool).await?
            }
            "read" => {
                let id = &samples.customers[$n % samples.customers.len()];
                sqlx::query(AssertSqlSafe($self.texts.read.clone())).bind(id).fetch_all($pool).await?
            }
            "phone" => {
                let token = &samples.tokens[$n % samples.tokens.len()];
                sqlx::query(AssertSqlSafe($self.texts.phone.clone())).bind(token).fetch_all($pool).await?
            }
            "filter" => {
                let rows = sqlx::query(AssertSqlSafe($self.texts.filter.clone()))
                    .bind(owner)
                    .bind("A")
                    .fetch_all($pool)
                    .await?;
                let _: (i64,) = sqlx::query_as(AssertSqlSafe($self.texts.count.clone()))
                    .bind(owner)
                    .bind("A")
                    .fetch_one($pool)
                    .await?;
                rows
            }
            "export" => sqlx::query(AssertSqlSafe($self.texts.export.clone())).fetch_all($pool).await?,
            other => return Err(format!("unknown operation {other}").into()),
        };
        let mut records = Vec::with_capacity(rows.len());
        for row in &rows {
            records.push(decoded!(row));
        }
        std::hint::black_box(records.len())
    }};
}

/// A change and its audit row in one transaction, on one connection.
macro_rules! writes {
    ($self:expr, $tx:expr, $op:expr, $n:expr) => {{
        let samples = &$self.samples;
        let owner = &samples.owners[$n % samples.owners.len()];
        let at = now();
        if $op == "update" {
            let id = &samples.customers[$n % samples.customers.len()];
            sqlx::query(UPDATE).bind(id).bind(DOC).bind(at).execute(&mut *$tx).await?;
        } else {
            sqlx::query(INSERT)
                .bind(id())
                .bind(owner)
                .bind("南京市某某医院")
                .bind(at)
                .bind(DOC)
                .bind(vec![7_u8; 320])
                .execute(&mut *$tx)
                .await?;
        }
        sqlx::query(AUDIT)
            .bind(id())
            .bind(at)
            .bind("record.create")
            .bind(owner)
            .bind("customer")
            .bind(vec![7_u8; 260])
            .execute(&mut *$tx)
            .await?;
    }};
}

impl Bench {
    async fn once(&self, op: &str) -> Result<(), Failure> {
        // A stride that is coprime to the sample sizes visits them in no order that a cache likes.
        let n = self.turn.fetch_add(1, Ordering::Relaxed).wrapping_mul(7919);
        match (&self.store, op) {
            (Store::Sqlite { writer, .. }, "insert" | "update") => {
                let mut writer = writer.lock().await;
                let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                writes!(self, tx, op, n);
                tx.commit().await?;
            }
            (Store::Postgres(pool), "insert" | "update") => {
                let mut tx = pool.begin().await?;
                writes!(self, tx, op, n);
                tx.commit().await?;
            }
            (Store::Sqlite { read, .. }, _) => {
                reads!(self, read, op, n);
            }
            (Store::Postgres(pool), _) => {
                reads!(self, pool, op, n);
            }
        }
        Ok(())
    }

    /// Keeps so many callers busy for so long; answers a line of JSON, times in microseconds.
    async fn run(self: &Arc<Self>, op: &str, callers: usize, time: Duration) -> Result<String, Failure> {
        let started = Instant::now();
        let mut tasks = Vec::with_capacity(callers);
        for _ in 0..callers {
            let (bench, op) = (self.clone(), op.to_owned());
            tasks.push(tokio::spawn(async move {
                let mut took = Vec::new();
                while started.elapsed() < time {
                    let begun = Instant::now();
                    bench.once(&op).await?;
                    took.push(begun.elapsed().as_micros());
                }
                Ok::<_, Failure>(took)
            }));
        }
        let mut took = Vec::new();
        for task in tasks {
            took.extend(task.await??);
        }
        let seconds = started.elapsed().as_secs_f64();
        took.sort_unstable();
        let at = |share: f64| {
            took.get(((took.len() as f64) * share) as usize).or(took.last()).copied().unwrap_or_default()
        };
        Ok(serde_json::json!({
            "requests": took.len(),
            "per_second": took.len() as f64 / seconds,
            "p50_us": u64::try_from(at(0.50))?,
            "p95_us": u64::try_from(at(0.95))?,
            "p99_us": u64::try_from(at(0.99))?,
        })
        .to_string())
    }
}

const OWNERS: &str = "SELECT DISTINCT r.owner FROM record r JOIN person_role p ON p.person = r.owner AND p.role = 'rep' \
    WHERE r.object = 'customer' AND r.deleted_at IS NULL";
const CUSTOMERS: &str = "SELECT id FROM record WHERE object = 'customer' AND owner IS NOT NULL AND deleted_at IS NULL LIMIT 20000";
const TOKENS: &str = "SELECT token FROM blind WHERE kind = 'phone' AND object = 'customer' LIMIT 2000";

fn flat<T>(rows: Vec<(T,)>) -> Vec<T> {
    rows.into_iter().map(|(value,)| value).collect()
}

async fn open(
    folder: Option<PathBuf>,
    url: Option<String>,
    schema: &str,
    readers: u32,
) -> Result<Bench, Failure> {
    // The same settings as `store.rs`.
    let (store, samples) = match (folder, url) {
        (_, Some(url)) => {
            let options = PgConnectOptions::from_str(&url)?
                .options([("search_path", schema)])
                .statement_cache_capacity(200)
                .disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(readers)
                .test_before_acquire(false)
                .connect_with(options)
                .await?;
            pool.execute(AUDIT_TABLE).await?;
            let samples = Samples {
                owners: flat(sqlx::query_as(OWNERS).fetch_all(&pool).await?),
                customers: flat(sqlx::query_as(CUSTOMERS).fetch_all(&pool).await?),
                tokens: flat(sqlx::query_as(TOKENS).fetch_all(&pool).await?),
            };
            (Store::Postgres(pool), samples)
        }
        (Some(folder), None) => {
            let kek = Kek::load(&KekSource::File(folder.join("kedun.key")))?;
            let options = SqliteConnectOptions::new()
                .filename(folder.join(kedun_vault::DATA_FILE))
                .pragma("cipher_hmac_algorithm", "HMAC_SHA256")
                .pragma("key", format!("\"x'{}'\"", hex::encode(kek.derive("sqlcipher/data").expose())))
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("secure_delete", "ON")
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-16384")
                .statement_cache_capacity(200)
                .disable_statement_logging();
            let mut writer = options.connect().await?;
            writer.execute(AUDIT_TABLE).await?;
            let read = SqlitePoolOptions::new()
                .max_connections(readers)
                .test_before_acquire(false)
                .connect_with(options.pragma("query_only", "ON"))
                .await?;
            let samples = Samples {
                owners: flat(sqlx::query_as(OWNERS).fetch_all(&read).await?),
                customers: flat(sqlx::query_as(CUSTOMERS).fetch_all(&read).await?),
                tokens: flat(sqlx::query_as(TOKENS).fetch_all(&read).await?),
            };
            (Store::Sqlite { read, writer: tokio::sync::Mutex::new(writer) }, samples)
        }
        (None, None) => return Err("name --folder or --postgres".into()),
    };
    if samples.owners.is_empty() || samples.customers.is_empty() || samples.tokens.is_empty() {
        return Err("the database holds no customers to measure with".into());
    }
    Ok(Bench { store, samples, texts: texts(), turn: AtomicUsize::new(0) })
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let (mut folder, mut url, mut schema, mut readers) = (None, None, "kedun".to_owned(), 6);
    while let (Some(name), Some(value)) = (args.next(), args.next()) {
        match name.as_str() {
            "--folder" => folder = Some(PathBuf::from(value)),
            "--postgres" => url = Some(value),
            "--schema" => schema = value,
            "--readers" => readers = value.parse()?,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let bench = Arc::new(open(folder, url, &schema, readers).await?);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{{\"ready\": true}}")?;
    out.flush()?;
    for order in std::io::stdin().lock().lines() {
        let order = order?;
        let mut words = order.split_whitespace();
        let (Some(op), Some(callers), Some(seconds)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let time = Duration::from_secs_f64(seconds.parse()?);
        let answer = bench.run(op, callers.parse()?, time).await?;
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
