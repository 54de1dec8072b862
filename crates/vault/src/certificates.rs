//! Certificates: signed notes that a stranger verifies with the log's public key.

use crate::error::Result;
use crate::keys;
use crate::scope::Scope;
use crate::sequencer::ledger_error;
use crate::tx::Tx;
use crate::vault::Inner;
use kedun_ledger::note::Note;
use kedun_model::{Problem, RecordId};
use serde_json::Value as Json;

impl Tx {
    /// Signs and keeps a certificate about a case; answers the signed text.
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
                    keys::new_id().into(),
                    kind.into(),
                    about.into(),
                    self.scope.now().into(),
                    body.to_string().into(),
                    text.as_str().into(),
                ],
            )
            .await?;
        Ok(text)
    }
}

impl Scope {
    /// The newest certificate about a case, whose object is the kind; for those who may see the case.
    ///
    /// # Errors
    /// Not found.
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
        row.text(0)
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
}
