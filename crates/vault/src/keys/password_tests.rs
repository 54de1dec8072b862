use super::*;
use argon2::PasswordVerifier as _;
use std::time::{Duration, Instant};

const COST: HashCost = HashCost::TEST;

fn pepper(byte: u8) -> Pepper {
    Pepper::from_key(&Key32::from_bytes([byte; 32]))
}

fn clear(text: &str) -> Clear {
    Clear::from(text.to_owned())
}

fn passwords(concurrent: usize, waiting: usize) -> Passwords {
    Passwords::new(pepper(1), COST, concurrent, waiting).unwrap()
}

#[test]
fn the_right_password_is_recognised() {
    let stored = hash(&pepper(1), COST, &clear("correct horse")).unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
    assert!(verify(&pepper(1), &clear("correct horse"), &stored).unwrap());
}

#[test]
fn another_password_or_pepper_is_wrong() {
    let stored = hash(&pepper(1), COST, &clear("correct horse")).unwrap();
    for wrong in ["", "correct horsf", "correct horse ", "Correct horse", "correct\0horse"] {
        assert!(!verify(&pepper(1), &clear(wrong), &stored).unwrap(), "{wrong}");
    }
    assert!(!verify(&pepper(2), &clear("correct horse"), &stored).unwrap());
}

#[test]
fn without_the_pepper_plain_argon2_does_not_match() {
    let stored = hash(&pepper(1), COST, &clear("correct horse")).unwrap();
    let hash = PasswordHash::new(&stored).unwrap();
    let plain = argon2::Argon2::default();
    assert!(plain.verify_password(b"correct horse", &hash).is_err());
    // The library agrees with us once it is given what we give it.
    assert!(plain.verify_password(&*pepper(1).apply(&clear("correct horse")), &hash).is_ok());
}

#[test]
fn hashes_of_the_first_release_verify_for_ever() {
    assert!(verify(&pepper(1), &clear("correct horse"), FIRST).unwrap());
    assert!(!verify(&pepper(1), &clear("correct horsf"), FIRST).unwrap());
}
const FIRST: &str =
    "$argon2id$v=19$m=64,t=1,p=1$oQRHDZEvSEhDjzLKi00Tgg$maotpUnMsCfaRe6n/2Bkfag5Ey0emXlYm8BrymF9pwg";

#[test]
fn errors_never_quote_password_or_hash() {
    let stored = hash(&pepper(1), COST, &clear("correct horse")).unwrap().replace("argon2id", "argon2i");
    let error = verify(&pepper(1), &clear("correct horse"), &stored).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("horse") && !shown.contains(&stored[30..]), "{shown}");
}

#[test]
fn two_hashes_of_one_password_differ() {
    let make = || hash(&pepper(1), COST, &clear("correct horse")).unwrap();
    assert_ne!(make(), make());
}

#[test]
fn a_rise_in_cost_asks_for_a_new_hash() {
    let stored = hash(&pepper(1), COST, &clear("x")).unwrap();
    assert!(!needs_rehash(&stored, COST));
    assert!(needs_rehash(&stored, HashCost { memory_kib: 128, ..COST }));
    assert!(needs_rehash(&stored, HashCost { passes: 2, ..COST }));
    assert!(needs_rehash(&stored, HashCost::STANDARD));
    assert!(needs_rehash("junk", COST));
    let dear = hash(&pepper(1), HashCost { passes: 2, ..COST }, &clear("x")).unwrap();
    assert!(!needs_rehash(&dear, COST));
}

#[test]
fn stored_hashes_of_other_kinds_or_monstrous_cost_are_refused() {
    let good = hash(&pepper(1), COST, &clear("x")).unwrap();
    let tail = good.rsplit_once("p=1").unwrap().1;
    let bad = [
        String::new(),
        "plain text".to_owned(),
        good.replace("argon2id", "argon2i"),
        good.replace("argon2id", "argon2d"),
        good.replace("v=19", "v=16"),
        good.replace("$v=19", ""),
        good.replace("m=64", "m=4194304"),
        good.replace("t=1", "t=4000000"),
        good.replace("m=64,", ""),
        good[..good.len() - 20].to_owned(),
        good.rsplit_once('$').unwrap().0.to_owned(),
        format!("$scrypt$ln=15,r=8,p=1{tail}"),
    ];
    let started = Instant::now();
    for stored in bad {
        assert!(!matches!(verify(&pepper(1), &clear("x"), &stored), Ok(true)), "{stored}");
    }
    assert!(started.elapsed() < Duration::from_secs(5), "a monstrous cost was paid");
    for stored in [good.replace("argon2id", "argon2i"), good.replace("m=64", "m=4194304")] {
        assert!(matches!(verify(&pepper(1), &clear("x"), &stored), Err(KeyError::PasswordHash { .. })));
    }
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", pepper(0xAB)), "Pepper(…)");
    let shown = format!("{:?}", passwords(1, 1));
    assert!(shown.starts_with("Passwords { cost: HashCost") && !shown.contains("argon2id"), "{shown}");
}

#[tokio::test]
async fn the_queue_hashes_and_verifies() {
    let passwords = passwords(2, 8);
    let stored = passwords.hash(clear("correct horse")).await.unwrap();
    assert_eq!(passwords.verify(clear("correct horse"), Some(stored.clone())).await.unwrap(), Verdict::Right);
    assert_eq!(passwords.verify(clear("wrong"), Some(stored)).await.unwrap(), Verdict::Wrong);
    let cheap = hash(&pepper(1), HashCost { memory_kib: 32, ..COST }, &clear("old")).unwrap();
    assert_eq!(passwords.verify(clear("old"), Some(cheap.clone())).await.unwrap(), Verdict::RightRehash);
    assert_eq!(passwords.verify(clear("wrong"), Some(cheap)).await.unwrap(), Verdict::Wrong);
    assert!(passwords.verify(clear("x"), Some("junk".into())).await.is_err());
}

#[tokio::test]
async fn nobody_can_sign_in_as_nobody() {
    let mut passwords = passwords(1, 1);
    for guess in ["", "dummy", passwords.dummy.as_ref()] {
        assert_eq!(passwords.verify(clear(guess), None).await.unwrap(), Verdict::Wrong);
    }
    // Not even somebody who guessed the password behind the dummy.
    passwords.dummy = hash(&pepper(1), COST, &clear("known")).unwrap().into();
    assert_eq!(passwords.verify(clear("known"), None).await.unwrap(), Verdict::Wrong);
}

#[tokio::test]
async fn an_unknown_login_is_checked_against_the_dummy() {
    let mut passwords = passwords(1, 1);
    // A dummy that cannot be checked makes the use of it visible.
    passwords.dummy = "junk".into();
    assert!(matches!(passwords.verify(clear("x"), None).await, Err(KeyError::PasswordHash { .. })));
}

#[test]
fn an_unknown_login_costs_as_much_as_a_known_one() {
    let cost = HashCost { memory_kib: 4 * 1024, passes: 2, lanes: 1 };
    let passwords = Passwords::new(pepper(1), cost, 1, 1).unwrap();
    let stored = hash(&pepper(1), cost, &clear("right")).unwrap();
    assert_eq!(parse(&passwords.dummy).unwrap().cost, parse(&stored).unwrap().cost, "same parameters");
    let time = |stored: &str| {
        let started = Instant::now();
        assert!(!verify(&pepper(1), &clear("wrong"), stored).unwrap());
        started.elapsed().as_secs_f64()
    };
    // The shortest of each, taken in turns: what a busy machine adds falls on both, and a difference of
    // the work itself stays however often it is measured.
    let (mut unknown, mut known) = (f64::INFINITY, f64::INFINITY);
    let mut ratio = f64::NAN;
    for turn in 0..200 {
        unknown = unknown.min(time(&passwords.dummy));
        known = known.min(time(&stored));
        ratio = unknown / known;
        if turn >= 9 && (0.8..1.25).contains(&ratio) {
            break;
        }
    }
    assert!((0.8..1.25).contains(&ratio), "{ratio}");
}

#[tokio::test]
async fn a_full_queue_refuses_instead_of_growing() {
    let passwords = passwords(1, 1);
    let held = Arc::clone(&passwords.running).acquire_owned().await.unwrap();
    let first = tokio::spawn({
        let passwords = passwords.clone();
        async move { passwords.hash(clear("a")).await }
    });
    let second = tokio::spawn({
        let passwords = passwords.clone();
        async move { passwords.hash(clear("b")).await }
    });
    while passwords.places.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(matches!(passwords.hash(clear("c")).await, Err(KeyError::Busy)));
    drop(held);
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    assert!(passwords.hash(clear("d")).await.is_ok());
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_free_the_place_early() {
    let passwords = passwords(1, 0);
    let started = Arc::new(Semaphore::new(0));
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let work = {
        let (passwords, started) = (passwords.clone(), Arc::clone(&started));
        tokio::spawn(async move {
            let hashing = move || {
                started.add_permits(1);
                // Ends with the test too, when `go` is dropped: a failure must not hang.
                let _ = wait.recv();
                Ok(())
            };
            passwords.queued(hashing).await
        })
    };
    let _ = started.acquire().await.unwrap();
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    assert!(matches!(passwords.hash(clear("x")).await, Err(KeyError::Busy)), "the hash still runs");
    drop(go);
    while passwords.places.available_permits() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(passwords.hash(clear("x")).await.is_ok());
}

#[tokio::test]
async fn a_panic_while_hashing_frees_its_place() {
    let passwords = passwords(1, 0);
    let result = passwords.queued(|| -> Result<(), KeyError> { panic!("on purpose") }).await;
    assert!(matches!(result, Err(KeyError::Interrupted)));
    assert!(passwords.hash(clear("x")).await.is_ok());
}
