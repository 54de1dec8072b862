//! Certificates: signed notes that a stranger verifies with the log's public key.

use crate::error::{Result, VaultError};
use crate::ids;
use crate::scope::Scope;
use crate::sequencer::ledger_error;
use crate::tx::Tx;
use crate::vault::Inner;
use kedun_ledger::note::Note;
use kedun_model::{Problem, RecordId};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

impl Tx {
    /// Signs and keeps a certificate about a case; answers the SHA-256 of the signed text, hex. It belongs into the row of
    /// the log that this change writes, and the id of that row ([`Tx::entry`]) into the body: then neither stands without
    /// the other.
    ///
    /// # Errors
    /// The database fails.
    pub async fn certify(&mut self, kind: &str, about: &str, body: &Json) -> Result<String> {
        let text = self.scope.inner.sign_text(kind, body)?;
        self.write
            .run(
                "keep a certificate",
                "INSERT INTO certificate (id, kind, about, at, body, signature) VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    ids::new_id().into(),
                    kind.into(),
                    about.into(),
                    self.scope.now().into(),
                    body.to_string().into(),
                    text.as_str().into(),
                ],
            )
            .await?;
        Ok(hex::encode(Sha256::digest(text.as_bytes())))
    }
}

impl Scope {
    /// The newest certificate about a case, whose object is the kind; for those who may see the case.
    ///
    /// # Errors
    /// Not found; damaged when what is kept was not signed here about this case.
    pub async fn certificate(&self, kind: &str, about: &str) -> Result<String> {
        self.visible(kind, &RecordId::new(about)).await?;
        let row = self
            .inner
            .data
            .optional(
                "read a certificate",
                "SELECT signature FROM certificate WHERE kind = $1 AND about = $2 ORDER BY at DESC, id DESC LIMIT 1",
                &[kind.into(), about.into()],
            )
            .await?
            .ok_or(Problem::NotFound)?;
        let text = row.text(0)?;
        // Whoever owns the database can give a case the certificate of another, but cannot sign.
        match self.inner.is_about(&text, kind, about) {
            true => Ok(text),
            false => Err(VaultError::Damaged("the certificate of a case".to_owned())),
        }
    }
}

impl Scope {
    /// Signs a statement about a record that the caller sees; nothing is kept.
    ///
    /// # Errors
    /// Not found.
    pub async fn sign_receipt(&self, kind: &str, about: &RecordId, body: &Json) -> Result<String> {
        self.visible(kind, about).await?;
        self.inner.sign_text(kind, body)
    }
}

impl Inner {
    /// `kedun-certificate/1 <kind>`, a blank-free JSON body, signed with the log's key as a C2SP signed note.
    pub(crate) fn sign_text(&self, kind: &str, body: &Json) -> Result<String> {
        let text = format!(
            "kedun-certificate/1 {kind}\n{}\n",
            serde_json::to_string_pretty(body).map_err(ledger_error)?
        );
        Note::sign(&text, &self.signer).map(|note| note.to_string()).map_err(ledger_error)
    }

    /// Whether a text was signed here, as a certificate of this kind, and its body names the case.
    fn is_about(&self, text: &str, kind: &str, about: &str) -> bool {
        let Ok(note) = Note::parse(text) else { return false };
        let signed = note.verify(&[self.verifier()]).is_ok();
        let body = note.text().strip_prefix(&format!("kedun-certificate/1 {kind}\n"));
        let body: Json = body.and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
        // A handover names itself, every other case is a case.
        signed && [&body["case"], &body[kind]].into_iter().any(|named| named.as_str() == Some(about))
    }
}
