//! Knocking at browsers: a push service of our own hears who is called, from whom, and nothing else; whoever has ended,
//! is here, or was just told is left alone.

use crate::alerts::reveal;
use crate::house::{Client, House, houses_that_knock};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kedun_model::{DepartmentId, PersonId};
use kedun_server::settings::PushSettings;
use kedun_vault::Signal;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value as Json, json};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a knock may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How long nothing may be heard, after everything that should be was.
pub const QUIET: Duration = Duration::from_millis(700);
/// Longer than a person is left alone after a knock, ms.
pub const LATER: i64 = 6 * 60_000;

/// One request as it came: the head and whatever followed.
#[derive(Clone, Debug)]
pub struct Heard {
    head: String,
    body: Vec<u8>,
}

/// A push service on this machine: 410 for what is called gone, 201 for everything else.
pub struct Service {
    address: String,
    roots: tempfile::NamedTempFile,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Service {
    pub fn start() -> Service {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let mut roots = tempfile::NamedTempFile::new().unwrap();
        roots.write_all(made.cert.pem().as_bytes()).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("localhost:{}", listener.local_addr().unwrap().port());
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (config, kept) = (Arc::new(config), heard.clone());
        std::thread::spawn(move || {
            for tcp in listener.incoming() {
                if let Some(request) = answer(tcp.unwrap(), config.clone()) {
                    kept.lock().unwrap().push(request);
                }
            }
        });
        Service { address, roots, heard }
    }

    pub fn settings(&self) -> PushSettings {
        PushSettings {
            enabled: true,
            contact: "mailto:it@example.com".to_owned(),
            hosts: vec![self.address.clone()],
            roots: Some(self.roots.path().to_owned().into()),
            ..PushSettings::default()
        }
    }

    pub fn endpoint(&self, name: &str) -> String {
        format!("https://{}/send/{name}", self.address)
    }

    /// Begins anew, for another house.
    pub fn forget(&self) {
        self.heard.lock().unwrap().clear();
    }

    pub fn knocks(&self, name: &str) -> Vec<Heard> {
        let path = format!("POST /send/{name} ");
        self.heard.lock().unwrap().iter().filter(|one| one.head.starts_with(&path)).cloned().collect()
    }

    /// Waits until so many knocks were heard at a name.
    #[track_caller]
    pub fn hears(&self, name: &str, times: usize) -> Vec<Heard> {
        let since = Instant::now();
        while self.knocks(name).len() < times && since.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(self.knocks(name).len(), times, "{name}");
        self.knocks(name)
    }
}

fn answer(mut tcp: TcpStream, config: Arc<rustls::ServerConfig>) -> Option<Heard> {
    let mut session = rustls::ServerConnection::new(config).ok()?;
    let mut stream = rustls::Stream::new(&mut session, &mut tcp);
    let mut bytes = Vec::new();
    let mut part = [0; 1024];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut part) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&part[..read]),
            _ => return None,
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = if head.contains("/send/gone") { "410 Gone" } else { "201 Created" };
    stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).ok()?;
    stream.conn.send_close_notify();
    let _ = stream.flush();
    let _ = stream.read_to_end(&mut bytes);
    Some(Heard { head, body: bytes[end..].to_vec() })
}

pub async fn on(client: &Client, endpoint: String) {
    client.call("PUT", "/api/v1/me/push", Some(json!({ "endpoint": endpoint }))).await.expect(204);
}

async fn state(client: &Client) -> String {
    client.get("/api/v1/me/push").await.expect(200)["state"].as_str().unwrap().to_owned()
}

/// An alert about a person, without what leads to one.
async fn alert(about: &Client) -> Signal {
    let me = about.get("/api/v1/me").await.expect(200);
    Signal::Alert {
        id: "raised".to_owned(),
        person: PersonId::new(about.person.clone()),
        department: Some(DepartmentId::new(me["person"]["department"]["id"].as_str().unwrap())),
    }
}

async fn alarm(house: &House, about: &Client) {
    house.vault.signal(alert(about).await);
}

/// What a push service makes of the header: the claims, if the signature is of the key that the browser was given.
fn claims(heard: &Heard, key: &str) -> Json {
    let said = heard
        .head
        .lines()
        .find_map(|line| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case("authorization")));
    let (token, public) = said.unwrap().1.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(public, key);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, URL_SAFE_NO_PAD.decode(key).unwrap())
        .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
        .unwrap();
    let claims = signed.split_once('.').unwrap().1;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_knocks_at_who_is_in_charge_and_away_and_says_nothing() {
    let service = Service::start();
    for house in houses_that_knock(&service.settings()).await {
        service.forget();
        let rep = house.sign_in("zhang.wei").await;
        let (leader, security) = (house.sign_in("zhao.qiang").await, house.sign_in("feng.an").await);
        let stranger = house.sign_in("lin.tao").await;
        for (client, name) in
            [(&rep, "rep"), (&leader, "leader"), (&security, "security"), (&stranger, "stranger")]
        {
            assert_eq!(state(client).await, "off");
            on(client, service.endpoint(name)).await;
            assert_eq!(state(client).await, "on");
        }
        // Whoever has the app open sees it there.
        let mut open = security.listen().await;
        reveal(&rep, 31).await;
        let knock = service.hears("leader", 1).remove(0);
        assert!(open.until("event: alert", PATIENCE).await);
        tokio::time::sleep(QUIET).await;
        for name in ["rep", "security", "stranger"] {
            assert_eq!(service.knocks(name).len(), 0, "{name}");
        }
        assert_eq!((knock.body.len(), knock.head.to_lowercase().contains("content-length: 0")), (0, true));
        for word in ["content-encoding", "crypto-key", "encryption:", "kedun/", "zhao", "R01"] {
            assert!(!knock.head.to_lowercase().contains(word), "{}", knock.head);
        }
        let key = leader.get("/api/v1/me/push").await.expect(200)["key"].as_str().unwrap().to_owned();
        let claims = claims(&knock, &key);
        assert_eq!(claims["aud"], format!("https://{}", service.address));
        assert_eq!(claims["sub"], "mailto:it@example.com");
        let left = claims["exp"].as_i64().unwrap() - house.clock.now() / 1000;
        assert!(left > 0 && left <= 24 * 3600, "{left}");

        // Once in a while, however much happens; and the one who closed the app is told again.
        drop(open);
        alarm(&house, &rep).await;
        tokio::time::sleep(QUIET).await;
        assert_eq!(service.knocks("leader").len(), 1);
        house.clock.advance(LATER);
        alarm(&house, &rep).await;
        service.hears("leader", 2);

        // What waits for a decision, and what one ordered oneself.
        house.clock.advance(LATER);
        let order = json!({ "object": "customer", "fields": ["name", "phone"], "purpose": "report", "format": "csv", "clear": true });
        rep.post("/api/v1/exports", order).await.expect(202);
        service.hears("leader", 3);
        let order = json!({ "object": "customer", "fields": ["name"], "purpose": "report", "format": "csv" });
        rep.post("/api/v1/exports", order).await.expect(202);
        service.hears("rep", 1);
        assert_eq!(service.knocks("stranger").len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_a_lost_device_and_a_frozen_account_are_not_knocked_at() {
    let service = Service::start();
    for house in houses_that_knock(&service.settings()).await {
        service.forget();
        let rep = house.sign_in("zhang.wei").await;
        let security = house.sign_in("feng.an").await;
        on(&security, service.endpoint("security")).await;
        let mut leader = house.sign_in("zhao.qiang").await;
        on(&leader, service.endpoint("leader")).await;
        let mut told = 0;
        // Others are told each time, so what is not heard at the leader's was not sent.
        let mut round = async |leader_hears: usize, what: &str| {
            house.clock.advance(LATER);
            security.get("/api/v1/me").await.expect(200);
            alarm(&house, &rep).await;
            told += 1;
            service.hears("security", told);
            service.hears("leader", leader_hears);
            tokio::time::sleep(QUIET).await;
            assert_eq!(service.knocks("leader").len(), leader_hears, "{what}");
        };
        round(1, "a living session").await;
        let device =
            leader.get("/api/v1/devices").await.expect(200)["devices"][0]["id"].as_str().unwrap().to_owned();
        leader.call("DELETE", "/api/v1/sessions/current", None).await.expect(204);
        round(1, "signed out").await;
        // The device that signs in again goes on; somebody else's word that it is that device does not help.
        leader = house.sign_in_on("zhao.qiang", &device).await;
        assert_eq!(state(&leader).await, "on");
        let other = house.sign_in_on("lin.tao", &device).await;
        assert_eq!(state(&other).await, "off");
        round(2, "signed in again").await;
        let person = leader.person.clone();
        security.call("DELETE", &format!("/api/v1/people/{person}/sessions"), None).await.expect(204);
        round(2, "ended by somebody else").await;
        leader = house.sign_in_on("zhao.qiang", &device).await;
        round(3, "and once more").await;
        leader.call("DELETE", &format!("/api/v1/devices/{device}"), None).await.expect(204);
        round(3, "a lost device").await;
        let back = house.sign_in_on("zhao.qiang", &device).await;
        assert_eq!(state(&back).await, "off", "a device that was ended comes back as another");
        on(&back, service.endpoint("leader")).await;
        round(4, "turned on again").await;
        back.call("DELETE", "/api/v1/me/push", None).await.expect(204);
        round(4, "turned off").await;
        on(&back, service.endpoint("leader")).await;
        let system = house.sign_in("zheng.kai").await;
        let freeze = json!({ "state": "frozen" });
        system.call("PUT", &format!("/api/v1/people/{person}/state"), Some(freeze)).await.expect(200);
        round(4, "a frozen account").await;
        house.vault.sweep_push_places().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_reached_its_end_is_not_knocked_at_and_one_in_a_pocket_is() {
    let service = Service::start();
    for house in houses_that_knock(&service.settings()).await {
        service.forget();
        let rep = house.sign_in("zhang.wei").await;
        let leader = house.sign_in("zhao.qiang").await;
        on(&leader, service.endpoint("leader")).await;
        let device =
            leader.get("/api/v1/devices").await.expect(200)["devices"][0]["id"].as_str().unwrap().to_owned();
        let raised = alert(&rep).await;
        let alarm = || house.vault.signal(raised.clone());
        let idle = leader.get("/api/v1/me").await.expect(200)["idle_seconds"].as_i64().unwrap() * 1_000;
        // Left alone for longer than a page stays open: the phone is called, and the door asks for the password.
        house.clock.advance(2 * idle);
        alarm();
        service.hears("leader", 1);
        leader.get("/api/v1/me").await.refuses(401, "no_session");
        // Half a day after signing in nobody is called any more.
        house.clock.advance(12 * 3_600_000);
        alarm();
        tokio::time::sleep(QUIET).await;
        assert_eq!(service.knocks("leader").len(), 1, "the session has reached its end");
        // Nobody turned it off: it goes on with the next session.
        let back = house.sign_in_on("zhao.qiang", &device).await;
        assert_eq!(state(&back).await, "on");
        alarm();
        service.hears("leader", 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_gone_is_forgotten_and_one_browser_is_one_persons() {
    let service = Service::start();
    for house in houses_that_knock(&service.settings()).await {
        service.forget();
        let rep = house.sign_in("zhang.wei").await;
        let security = house.sign_in("feng.an").await;
        on(&security, service.endpoint("gone")).await;
        alarm(&house, &rep).await;
        service.hears("gone", 1);
        let since = Instant::now();
        while state(&security).await == "on" && since.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(state(&security).await, "off");
        house.vault.checkpoint().await.unwrap();
        let auditor = house.sign_in("shen.ming").await;
        for (action, rows) in [("push.turn_on", 1), ("push.gone", 1)] {
            let path = format!("/api/v1/ledger/entries?limit=50&action={action}");
            let entries = auditor.get(&path).await.expect(200)["entries"].clone();
            assert_eq!(entries.as_array().unwrap().len(), rows, "{action}");
            assert!(!entries.to_string().contains("/send/"), "an address in the log");
        }
        // Two people in one browser: it belongs to who turned it on last.
        let leader = house.sign_in("zhao.qiang").await;
        on(&leader, service.endpoint("shared")).await;
        on(&security, service.endpoint("shared")).await;
        assert_eq!((state(&leader).await.as_str(), state(&security).await.as_str()), ("off", "on"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_inside_is_not_kept_and_a_house_that_does_not_knock_says_so() {
    let service = Service::start();
    // Without named hosts only the web is reached.
    let public = PushSettings { hosts: Vec::new(), ..service.settings() };
    let house = houses_that_knock(&public).await.remove(0);
    let rep = house.sign_in("zhang.wei").await;
    let put = async |client: &Client, endpoint: &str| {
        client.call("PUT", "/api/v1/me/push", Some(json!({ "endpoint": endpoint }))).await
    };
    for endpoint in [
        service.endpoint("x"),
        "https://127.0.0.1/x".to_owned(),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://[::1]/x".to_owned(),
        "http://push.example.com/x".to_owned(),
        "https://kedun.internal/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let refused = put(&rep, &endpoint).await.refuses(422, "invalid");
        assert_eq!(refused.body["errors"][0]["code"], "not_a_push_service", "{endpoint}");
    }
    put(&rep, "https://push.example.com/x").await.expect(204);
    put(&house.nobody(), "https://push.example.com/x").await.refuses(401, "no_session");
    // Named hosts are the only ones.
    let named = houses_that_knock(&service.settings()).await.remove(0);
    put(&named.sign_in("zhang.wei").await, "https://push.example.com/x").await.refuses(422, "invalid");
    let off = houses_that_knock(&PushSettings::default()).await.remove(0);
    let rep = off.sign_in("zhang.wei").await;
    assert_eq!(state(&rep).await, "unavailable");
    put(&rep, "https://push.example.com/x").await.refuses(409, "push_off");
}
