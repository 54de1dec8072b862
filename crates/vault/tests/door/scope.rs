//! A scope comes from a token, a task or a living person. Nobody makes one, and nobody changes the one they have.
use kedun_vault::{Scope, Task, Vault};

pub async fn right_way(vault: &Vault, token: &str) -> Option<Scope> {
    vault.authenticate(token).await.ok()
}

pub fn made(of: Scope) -> Scope {
    let mine = Scope { task: Some(Task::Bootstrap), ..of.clone() }; //~ E0451
    let _ = mine; //~ with the line above
    of
}

pub fn changed(of: &mut Scope, other: &Scope) {
    of.caller = other.caller.clone(); //~ E0616
    of.task = None; //~ E0616
    of.reveals_per_hour = u32::MAX; //~ E0616
    let _ = other;
    let _ = of;
}

pub fn behind(vault: &Vault) {
    let _ = &vault.inner; //~ E0616
    let _ = vault;
}

pub fn invented(vault: &Vault) -> Scope {
    let _ = vault.system(Task::Everything); //~ E0599
    vault.system(Task::Recycle)
}
