//! A value in the clear is not written out, and a key is not doubled, by accident.
use kedun_vault::keys::{Clear, ClearBytes, Kek, Passwords, SubjectKey};

pub fn right_way(clear: &Clear) -> usize {
    clear.expose().len()
}

pub fn written_out(clear: &Clear, bytes: &ClearBytes) {
    let _ = serde_json::to_string(clear); //~ E0277
    let _ = format!("{clear}"); //~ E0277
    let _ = format!("{clear:?}"); //~ E0277
    let _ = format!("{bytes:?}"); //~ E0277
    let _ = (clear, bytes);
}

pub fn doubled(clear: &Clear, key: &SubjectKey) {
    let _: Clear = clear.clone(); //~ E0308
    let _: SubjectKey = key.clone(); //~ E0308
    let _ = (clear, key);
}

pub fn compared(a: &Clear, b: &Clear) {
    let _ = a == b; //~ E0369
    let _ = (a, b);
}

pub fn kept(kek: &Kek) {
    let _ = serde_json::to_string(kek); //~ E0277
    let _ = kek;
}

pub fn named(passwords: &Passwords) {
    let _ = format!("{passwords}"); //~ E0277
    let _ = passwords;
}
