//! How the root key gets in: from its file, from a variable, or from a passphrase that somebody types, pipes or keeps in
//! a file. What was typed is never shown, logged or kept.

use crate::settings::{KeyPlace, KeySettings};
use kedun_vault::keys::{Clear, Kek, KekSource, KeyError, PassphraseFile};
use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

/// Names the file that holds the passphrase, for services (a systemd credential, a mounted secret).
pub(crate) const PASSPHRASE_FILE: &str = "KEDUN_PASSPHRASE_FILE";
/// Longest passphrase that is read, bytes.
const LONGEST: u64 = 1_024;

/// Why there is no root key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnlockError {
    /// The key itself.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nobody gave a passphrase.
    #[error("no passphrase was given; run kedun keys unseal, or set KEDUN_PASSPHRASE_FILE")]
    NotGiven,
    /// The passphrase could not be read.
    #[error("cannot read the passphrase: {0}")]
    Reading(std::io::Error),
    /// The two that were typed differ.
    #[error("the two passphrases are not the same; nothing was made")]
    Different,
}

/// Whether a passphrase comes over standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The first line of standard input.
    Piped,
    /// A file that [`PASSPHRASE_FILE`] names, else a terminal, else nothing.
    Usual,
}

impl Input {
    pub(crate) fn piped(flag: bool) -> Input {
        if flag { Input::Piped } else { Input::Usual }
    }
}

/// The root key by the settings. Blocks: a passphrase takes about 150 ms, and a person takes their time.
pub(crate) fn root_key(settings: &KeySettings, input: Input) -> Result<Kek, UnlockError> {
    match settings.place() {
        KeyPlace::File(path) => Ok(Kek::load(&KekSource::File(path))?),
        KeyPlace::Env(var) => Ok(Kek::load(&KekSource::Env(var))?),
        KeyPlace::Passphrase(path) => {
            let file = PassphraseFile::read(&path)?;
            Ok(file.unlock(passphrase(input, "Passphrase: ")?)?)
        }
    }
}

/// The root key once more, for a server that waits sealed: with the passphrase it was sent, or from a file that is there
/// by now.
pub(crate) fn root_key_with(settings: &KeySettings, phrase: Option<Clear>) -> Result<Kek, UnlockError> {
    match (settings.place(), phrase) {
        (KeyPlace::Passphrase(path), Some(phrase)) => Ok(PassphraseFile::read(&path)?.unlock(phrase)?),
        (KeyPlace::Passphrase(_), None) => Err(UnlockError::NotGiven),
        (KeyPlace::File(path), _) => Ok(Kek::load(&KekSource::File(path))?),
        (KeyPlace::Env(var), _) => Ok(Kek::load(&KekSource::Env(var))?),
    }
}

/// A passphrase for a new house; on a terminal it is typed twice.
pub(crate) fn new_passphrase(input: Input) -> Result<Clear, UnlockError> {
    let phrase = passphrase(input, "New passphrase, at least 16 characters: ")?;
    if input == Input::Usual
        && std::env::var_os(PASSPHRASE_FILE).is_none()
        && passphrase(input, "Once more: ")?.expose() != phrase.expose()
    {
        return Err(UnlockError::Different);
    }
    Ok(phrase)
}

/// A passphrase, from wherever it comes.
pub(crate) fn passphrase(input: Input, prompt: &str) -> Result<Clear, UnlockError> {
    if input == Input::Piped {
        return first_line(std::io::stdin().lock());
    }
    if let Some(path) = std::env::var_os(PASSPHRASE_FILE) {
        return from_file(Path::new(&path));
    }
    if std::io::stdin().is_terminal() {
        return typed(prompt);
    }
    Err(UnlockError::NotGiven)
}

fn first_line(source: impl std::io::Read) -> Result<Clear, UnlockError> {
    // Full capacity from the start: a growing text would leave copies behind.
    let mut text = String::with_capacity(usize::try_from(LONGEST).unwrap_or(1_024));
    std::io::BufReader::new(std::io::Read::take(source, LONGEST))
        .read_line(&mut text)
        .map_err(UnlockError::Reading)?;
    while text.ends_with(['\n', '\r']) {
        text.pop();
    }
    if text.is_empty() { Err(UnlockError::NotGiven) } else { Ok(Clear::from(text)) }
}

fn from_file(path: &Path) -> Result<Clear, UnlockError> {
    let file = std::fs::File::open(path).map_err(UnlockError::Reading)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(UnlockError::Reading)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::KeyFileExposed { path: path.to_owned(), mode }.into());
        }
    }
    first_line(file)
}

/// Asks on the terminal, without showing what is typed.
#[cfg(unix)]
fn typed(prompt: &str) -> Result<Clear, UnlockError> {
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// Gives the terminal its echo back, whatever happens.
    struct Restore(Termios);
    impl Drop for Restore {
        fn drop(&mut self) {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
        }
    }

    let reading = |e: rustix::io::Errno| UnlockError::Reading(e.into());
    crate::output::ask(prompt);
    let before = tcgetattr(std::io::stdin()).map_err(reading)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    let restore = Restore(before);
    tcsetattr(std::io::stdin(), OptionalActions::Flush, &silent).map_err(reading)?;
    let answer = first_line(std::io::stdin().lock());
    drop(restore);
    crate::output::aside("");
    answer
}

#[cfg(not(unix))]
fn typed(_: &str) -> Result<Clear, UnlockError> {
    Err(UnlockError::NotGiven)
}
