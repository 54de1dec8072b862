//! Copying a database file while it is in use, and what a copy is checked by.

use super::Copy;
use crate::connections::Connections;
use crate::error::{Result, VaultError};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions as _, Connection as _};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// How an unencrypted SQLite file begins.
const PLAIN: &[u8] = b"SQLite format 3\0";

pub(super) fn failed<'a>(
    doing: &'static str,
    path: &'a Path,
) -> impl Fn(std::io::Error) -> VaultError + use<'a> {
    move |e| VaultError::Setup(format!("cannot {doing} {}: {e}", path.display()))
}

/// Makes a folder that only its owner may enter.
pub(super) fn private_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(failed("create", folder))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .map_err(failed("protect", folder))?;
    }
    Ok(())
}

/// Makes an empty file that only its owner may read.
pub(super) fn private_file(path: &Path) -> Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map_err(failed("write", path))
}

/// `VACUUM INTO` through a connection of its own: one consistent state, written with the key of the original. What
/// SQLCipher writes is looked at before it is believed.
pub(super) async fn sqlite(pool: &Connections<sqlx::Sqlite>, to: &Path) -> Result<()> {
    private_file(to)?;
    let options = pool.options().clone().pragma("query_only", "OFF");
    let mut connection = options.connect().await.map_err(VaultError::sql("copy a database"))?;
    let name = to.to_str().ok_or_else(|| VaultError::Setup("the path is not UTF-8".to_owned()))?;
    let outcome = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await;
    let _ = connection.close().await;
    outcome.map_err(VaultError::sql("copy a database"))?;
    let mut file = File::open(to).map_err(failed("read", to))?;
    let mut head = [0; PLAIN.len()];
    file.read_exact(&mut head).map_err(failed("read", to))?;
    if head == PLAIN {
        std::fs::remove_file(to).map_err(failed("remove", to))?;
        return Err(VaultError::Setup("the copy was not encrypted and was removed".to_owned()));
    }
    file.sync_all().map_err(failed("write", to))
}

/// Length and SHA-256 of a file.
pub(super) async fn digest(path: &Path) -> Result<(u64, String)> {
    let path = path.to_owned();
    let work = move || {
        let mut file = File::open(&path).map_err(failed("read", &path))?;
        let (mut digest, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 20], 0_u64);
        loop {
            let n = file.read(&mut buffer).map_err(failed("read", &path))?;
            if n == 0 {
                return Ok((bytes, hex::encode(digest.finalize())));
            }
            digest.update(&buffer[..n]);
            bytes += n as u64;
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| VaultError::Setup(e.to_string()))?
}

pub(super) fn manifest_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}

pub(super) fn write_manifest(of: &Path, copy: &Copy) -> Result<()> {
    let path = manifest_path(of);
    let text = serde_json::to_vec_pretty(copy).map_err(|e| VaultError::Setup(e.to_string()))?;
    let mut file = private_file(&path)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed("write", &path))
}

/// Reads the manifest of a copy and holds the file to it.
pub(super) async fn check(file: &Path) -> Result<Copy> {
    let path = manifest_path(file);
    if !file.is_file() {
        return Err(VaultError::Setup(format!("there is no file {}", file.display())));
    }
    let text = std::fs::read(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => VaultError::Setup(format!(
            "the manifest {} is missing; kedun backup writes it beside each copy, and without it nobody can tell \
             whether the copy is whole",
            path.display()
        )),
        _ => failed("read the manifest", &path)(e),
    })?;
    let copy: Copy = serde_json::from_slice(&text)
        .map_err(|e| VaultError::Setup(format!("{} is not a manifest: {e}", path.display())))?;
    let (bytes, sha256) = digest(file).await?;
    if (bytes, &sha256) != (copy.bytes, &copy.sha256) {
        return Err(VaultError::Setup(format!(
            "{} is damaged: it is not what its manifest says",
            file.display()
        )));
    }
    Ok(copy)
}

/// Copies a file to one that must not exist, down to the disk.
pub(super) async fn place(from: &Path, to: &Path) -> Result<()> {
    let (from, to) = (from.to_owned(), to.to_owned());
    let work = move || {
        let mut source = File::open(&from).map_err(failed("read", &from))?;
        let mut target = private_file(&to)?;
        std::io::copy(&mut source, &mut target).map_err(failed("write", &to))?;
        target.sync_all().map_err(failed("write", &to))
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| VaultError::Setup(e.to_string()))?
}

/// Makes the names in the folder of a file durable.
pub(super) fn sync_folder(of: &Path) -> Result<()> {
    let folder = of.parent().unwrap_or_else(|| Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(failed("write", folder))
}
