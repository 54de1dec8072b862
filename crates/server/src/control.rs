//! The door to a sealed server: a socket in its folder that only the same user (or root) can open. Over it the
//! passphrase is handed in, and nothing else; it is gone as soon as the server is unsealed.
//!
//! **Invariant:** what is handed in is neither logged nor answered, and guesses are slowed.

use kedun_vault::keys::Clear;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// Name of the socket.
const NAME: &str = "unseal.sock";
/// Longest message, bytes.
const LONGEST: u64 = 4_096;
/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest pause after a wrong passphrase, seconds.
const LONGEST_PAUSE: u64 = 60;

/// What is asked for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// The passphrase; none when the key comes from a file or a variable that is there by now.
    unseal: Option<String>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reply {
    /// Whether it is unsealed now.
    pub(crate) ok: bool,
    /// `wrong_passphrase`, `slow_down`, `malformed`, or `failed` with a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// Seconds until the next try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
    /// What is wrong, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl Reply {
    fn done() -> Reply {
        Reply { ok: true, code: None, retry_after: None, message: None }
    }

    /// A refusal.
    pub(crate) fn refused(code: &str, message: Option<String>) -> Reply {
        Reply { ok: false, code: Some(code.to_owned()), retry_after: None, message }
    }
}

/// The socket in a folder.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// The socket of a sealed server; the file goes when this is dropped.
pub(crate) struct Door {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Door {
    /// Opens the socket.
    ///
    /// # Errors
    /// Another server waits in this folder; the folder cannot be written.
    pub(crate) async fn open(folder: &Path) -> std::io::Result<Door> {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let path = path(folder);
        if UnixStream::connect(&path).await.is_ok() {
            return Err(std::io::Error::new(
                std::io::ErrorKind::AddrInUse,
                "another server waits to be unsealed in this folder",
            ));
        }
        let _ = std::fs::remove_file(&path);
        // Bound inside a folder that nobody else may enter, so that it is never open to others, not even for a moment.
        let private = folder.join(format!(".unseal-{}", kedun_vault::new_id()));
        std::fs::DirBuilder::new().mode(0o700).create(&private)?;
        let inside = private.join("s");
        let bound = UnixListener::bind(&inside).and_then(|listener| {
            std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(0o600))?;
            std::fs::rename(&inside, &path)?;
            Ok(listener)
        });
        let _ = std::fs::remove_file(&inside);
        let _ = std::fs::remove_dir(&private);
        Ok(Door { listener: bound?, path })
    }

    /// Answers one caller after another until `unseal` succeeds.
    pub(crate) async fn wait<F>(self, unseal: impl Fn(Option<Clear>) -> F)
    where
        F: Future<Output = Result<(), Reply>>,
    {
        let (mut wrong, mut closed_until) = (0_u32, Instant::now());
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            if !self.is_ours(&stream) {
                continue;
            }
            let reply = match read(&mut stream).await {
                None => Reply::refused("malformed", None),
                Some(_) if Instant::now() < closed_until => {
                    let left = closed_until.saturating_duration_since(Instant::now()).as_secs() + 1;
                    Reply { retry_after: Some(left), ..Reply::refused("slow_down", None) }
                }
                Some(phrase) => match unseal(phrase).await {
                    Ok(()) => Reply::done(),
                    Err(reply) => {
                        if reply.code.as_deref() == Some("wrong_passphrase") {
                            wrong = wrong.saturating_add(1);
                            let pause = 1_u64.checked_shl(wrong - 1).unwrap_or(LONGEST_PAUSE);
                            closed_until = Instant::now() + Duration::from_secs(pause.min(LONGEST_PAUSE));
                            tracing::warn!(wrong, "a wrong passphrase was handed in");
                        }
                        reply
                    }
                },
            };
            if reply.ok {
                // Before it says so: whoever hears it can rely on the door being gone.
                let _ = std::fs::remove_file(&self.path);
            }
            let text = serde_json::to_string(&reply).unwrap_or_default() + "\n";
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.shutdown().await;
            if reply.ok {
                return;
            }
        }
    }

    /// The mode of the socket keeps others out; this is the second lock, where the kernel says who knocks.
    fn is_ours(&self, stream: &UnixStream) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let owner = std::fs::metadata(&self.path).map(|m| m.uid());
        match (stream.peer_cred(), owner) {
            (Ok(peer), Ok(owner)) => peer.uid() == owner || peer.uid() == 0,
            _ => false,
        }
    }
}

/// The passphrase of a request, if it has one; none when it is no request.
async fn read(stream: &mut UnixStream) -> Option<Option<Clear>> {
    let mut line = String::with_capacity(usize::try_from(LONGEST).unwrap_or(4_096));
    let mut reader = BufReader::new(stream.take(LONGEST));
    let read = tokio::time::timeout(PATIENCE, reader.read_line(&mut line)).await;
    let line = Clear::from(line);
    read.ok()?.ok()?;
    let request: Request = serde_json::from_str(line.expose()).ok()?;
    Some(request.unseal.map(Clear::from))
}

/// Hands a passphrase to the server that waits in a folder.
///
/// # Errors
/// Nobody waits there.
pub(crate) async fn hand_in(folder: &Path, phrase: Option<&Clear>) -> std::io::Result<Reply> {
    let mut stream = UnixStream::connect(path(folder)).await?;
    let request = Request { unseal: phrase.map(|p| p.expose().to_owned()) };
    let text = Clear::from(serde_json::to_string(&request).unwrap_or_default() + "\n");
    stream.write_all(text.expose().as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new((&mut stream).take(LONGEST)).read_line(&mut answer).await?;
    serde_json::from_str(&answer).map_err(std::io::Error::other)
}
