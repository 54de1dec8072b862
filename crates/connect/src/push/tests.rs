use super::*;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A push service on this machine, over TLS with a certificate of its own. Answers one request with what it is given
/// and hands out what it heard.
struct Service {
    port: u16,
    roots: String,
    heard: thread::JoinHandle<String>,
    connections: Arc<AtomicUsize>,
}

fn service(answer: &'static str) -> Service {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let roots = made.cert.pem();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    let heard = thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        counted.fetch_add(1, Ordering::SeqCst);
        let mut session = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::Stream::new(&mut session, &mut tcp);
        let mut heard = Vec::new();
        let mut part = [0; 1024];
        while !heard.windows(4).any(|end| end == b"\r\n\r\n") {
            let Ok(read) = stream.read(&mut part) else { return String::new() };
            heard.extend_from_slice(&part[..read]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        stream.conn.send_close_notify();
        let _ = stream.flush();
        // Whatever else comes belongs to the body.
        let _ = stream.read_to_end(&mut heard);
        String::from_utf8(heard).unwrap()
    });
    Service { port, roots, heard, connections }
}

struct Key(EcdsaKeyPair, SystemRandom);

impl Key {
    fn new() -> Key {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        Key(pair, random)
    }

    fn authorize(&self, endpoint: &Endpoint, until: i64) -> String {
        let sign = |said: &[u8]| self.0.sign(&self.1, said).map(|signed| signed.as_ref().to_vec());
        authorization(endpoint, "mailto:it@example.com", until, self.0.public_key().as_ref(), sign).unwrap()
    }
}

fn header<'a>(heard: &'a str, name: &str) -> Option<&'a str> {
    heard.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

#[test]
fn a_knock_says_who_knocks_and_nothing_else() {
    let service = service("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    let knocker =
        Knocker::new(&[format!("localhost:{}", service.port)], Some(service.roots.as_bytes())).unwrap();
    let endpoint = Endpoint::parse(&format!("https://localhost:{}/send/abc?x=1", service.port)).unwrap();
    let key = Key::new();
    let knocked = knocker.knock(&endpoint, &key.authorize(&endpoint, 1_800_000_000)).unwrap();
    assert_eq!(knocked, Knocked::Taken);
    let heard = service.heard.join().unwrap();
    assert!(heard.starts_with("POST /send/abc?x=1 HTTP/1.1\r\n"), "{heard}");
    // No body, no encoding of one, and no header that says more than the four.
    assert_eq!(header(&heard, "content-length"), Some("0"));
    assert!(heard.ends_with("\r\n\r\n") && heard.matches("\r\n\r\n").count() == 1, "{heard}");
    let mut names: Vec<_> =
        heard.lines().skip(1).filter_map(|l| l.split_once(':')).map(|(n, _)| n.to_lowercase()).collect();
    names.sort();
    let known = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "host",
        "topic",
        "ttl",
        "urgency",
        "user-agent",
    ];
    assert!(names.iter().all(|name| known.contains(&name.as_str())), "{names:?}");
    assert_eq!(header(&heard, "user-agent"), Some("kedun"));
    assert_eq!(header(&heard, "ttl"), Some("14400"));

    // The signature, its audience and its end, as a push service checks them.
    let said = header(&heard, "authorization").unwrap().strip_prefix("vapid t=").unwrap();
    let (token, public) = said.split_once(", k=").unwrap();
    let public = URL_SAFE_NO_PAD.decode(public).unwrap();
    assert_eq!(public, key.0.public_key().as_ref());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &public)
        .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
        .unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let read = |part: &str| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(read(head), serde_json::json!({ "typ": "JWT", "alg": "ES256" }));
    let audience = format!("https://localhost:{}", service.port);
    assert_eq!(
        read(claims),
        serde_json::json!({ "aud": audience, "exp": 1_800_000_000, "sub": "mailto:it@example.com" })
    );
}

#[test]
fn an_answer_says_whether_to_come_again() {
    for (answer, expected) in [
        ("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", Knocked::Gone),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Knocked::Gone),
        (
            "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
            Knocked::Later(Some(Duration::from_secs(7))),
        ),
        (
            "HTTP/1.1 503 No\r\nRetry-After: 999999\r\nContent-Length: 0\r\n\r\n",
            Knocked::Later(Some(Duration::from_secs(600))),
        ),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", Knocked::Refused(403)),
        // A push service that sends us elsewhere is not followed: elsewhere was never judged.
        (
            "HTTP/1.1 307 Elsewhere\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            Knocked::Refused(307),
        ),
        ("not HTTP at all\r\n\r\n", Knocked::Later(None)),
    ] {
        let service = service(answer);
        let hosts = [format!("localhost:{}", service.port)];
        let knocker = Knocker::new(&hosts, Some(service.roots.as_bytes())).unwrap();
        let endpoint = Endpoint::parse(&format!("https://localhost:{}/x", service.port)).unwrap();
        assert_eq!(knocker.knock(&endpoint, "vapid t=, k=").unwrap(), expected, "{answer}");
        service.heard.join().unwrap();
    }
}

#[test]
fn a_service_with_a_certificate_of_somebody_else_is_told_nothing() {
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap().cert.pem();
    for roots in [Some(other.as_bytes()), None] {
        let service = service("HTTP/1.1 201 Created\r\n\r\n");
        let knocker = Knocker::new(&[format!("localhost:{}", service.port)], roots).unwrap();
        let endpoint = Endpoint::parse(&format!("https://localhost:{}/x", service.port)).unwrap();
        assert_eq!(knocker.knock(&endpoint, "secret").unwrap(), Knocked::Later(None));
        // The handshake ended before a byte of the request: there was nothing to hear.
        assert_eq!(service.heard.join().unwrap(), "");
    }
}

#[test]
fn nothing_inside_is_reached_unless_the_operator_named_it() {
    let public = Knocker::new(&[], None).unwrap();
    for text in [
        "https://127.0.0.1/x",
        "https://10.0.0.5/x",
        "https://8.8.8.8/x",
        "https://[::1]/x",
        "https://[2606:4700::1111]/x",
        "https://localhost/x",
        "https://LOCALHOST./x",
        "https://kedun/x",
        "https://push.localhost/x",
        "https://db.internal/x",
        "https://printer.local/x",
        "https://push.example.com:8443/x",
        "https://push.example.com:22/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
    ] {
        let endpoint = Endpoint::parse(text).unwrap();
        assert!(!public.admits(&endpoint), "{text}");
        assert_eq!(public.knock(&endpoint, "secret"), Err(ConnectError::Endpoint), "{text}");
    }
    for text in [
        "https://fcm.googleapis.com/fcm/send/a:b",
        "https://web.push.apple.com/Qx",
        "https://push.example.com:443/x",
    ] {
        assert!(public.admits(&Endpoint::parse(text).unwrap()), "{text}");
    }
    for text in [
        "http://push.example.com/x",
        "https://",
        "ftp://push.example.com/",
        "push.example.com",
        "https://a:b@push.example.com/",
        "https://push.example.com/#x",
        "https://push.example.com\\@127.0.0.1/",
        "",
    ] {
        assert_eq!(Endpoint::parse(text), Err(ConnectError::Endpoint), "{text}");
    }
    let long = format!("https://push.example.com/{}", "x".repeat(ENDPOINT_MAX));
    assert_eq!(Endpoint::parse(&long), Err(ConnectError::Endpoint));

    // Named hosts are the only ones, and a port that was not named is another place.
    let named = Knocker::new(&["Push.lan:8443".to_owned(), "push.example.com".to_owned()], None).unwrap();
    let admitted = |text: &str| named.admits(&Endpoint::parse(text).unwrap());
    assert!(admitted("https://push.lan:8443/x") && admitted("https://push.example.com/x"));
    assert!(!admitted("https://push.lan/x") && !admitted("https://fcm.googleapis.com/x"));
    for wrong in ["https://push.lan", "push.lan/x", "", "a@b"] {
        assert!(matches!(Knocker::new(&[wrong.to_owned()], None), Err(ConnectError::Host)), "{wrong}");
    }
    assert!(matches!(Knocker::new(&[], Some(b"no certificate")), Err(ConnectError::Certificate)));
}

#[test]
fn a_name_that_leads_inside_is_not_connected_to() {
    // As a name of the web would whose owner lets it lead here: past what can be seen in the address.
    let service = service("HTTP/1.1 201 Created\r\n\r\n");
    let knocker = Knocker::new(&[], Some(service.roots.as_bytes())).unwrap();
    let sent = knocker.agent.post(format!("https://localhost:{}/x", service.port)).send_empty();
    assert!(matches!(sent, Err(ureq::Error::HostNotFound)), "{sent:?}");
    assert_eq!(service.connections.load(Ordering::SeqCst), 0);
    // The same goes out when the operator names it, so it was the guard that kept it in.
    let hosts = [format!("localhost:{}", service.port)];
    let named = Knocker::new(&hosts, Some(service.roots.as_bytes())).unwrap();
    let endpoint = Endpoint::parse(&format!("https://localhost:{}/x", service.port)).unwrap();
    assert_eq!(named.knock(&endpoint, "x").unwrap(), Knocked::Taken);
    service.heard.join().unwrap();
}

#[test]
fn addresses_of_this_machine_its_network_and_nobody_are_not_public() {
    for text in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.7",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.4",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "3fff::1",
    ] {
        assert!(!is_public(text.parse().unwrap()), "{text}");
    }
    for text in
        ["8.8.8.8", "100.63.0.1", "172.15.0.1", "172.32.0.1", "223.5.5.5", "2606:4700::1111", "2408:8000::1"]
    {
        assert!(is_public(text.parse().unwrap()), "{text}");
    }
}
