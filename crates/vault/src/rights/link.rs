//! Secret links: 256 random bits that open one customer's own page until a date. Staff make them; only hashes are kept.
//!
//! Whoever holds a link is a [`Guest`]. What more they can prove (the last four digits of the number on file, a code that
//! was told to them by another way) is tried a few times and then no more: by each link, and for the code of a copy by all
//! links together, because of links there may be many.
//!
//! **Invariant:** a link is worth what its maker's right is. Who left, gave the customer away or lost a share has left
//! nothing behind that opens.

use super::paper::Paper;
use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::ids;
use crate::keys::{Key32, Token, TokenKind};
use crate::scope::{Scope, Task};
use crate::tx::Tx;
use crate::vault::Vault;
use kedun_model::policy::judge;
use kedun_model::{
    Act as ActName, FieldError, FieldKind, PersonId, Problem, RecordId, SubjectId, Verb, field,
};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use subtle::ConstantTimeEq;

/// The paper of a request that holds the hash of the code of its copy.
const COPY_CODE: &str = "copy_code";
/// The object that links are for.
const CUSTOMER: &str = "customer";
/// Wrong proofs until a link takes no more.
const MOST_WRONG: i64 = 5;
/// A link is read at most so often; a page that is reloaded by a program ends here.
const MOST_OPENED: i64 = 2_000;
/// Shortest and longest life of a link, days.
const DAYS: std::ops::RangeInclusive<u32> = 1..=90;
const DAY_MS: i64 = 86_400_000;

/// A link at the moment it is made; the secrets are shown this once.
pub struct NewLink {
    /// Its id.
    pub id: String,
    /// The secret, for the customer's address bar.
    pub token: String,
    /// Six digits, told to the customer by another way than the link.
    pub code: String,
    /// Until when, UTC ms.
    pub expires_at: i64,
}

/// A link as staff see it.
#[derive(Clone, Debug, Serialize)]
pub struct LinkView {
    /// Its id.
    pub id: String,
    /// Who made it.
    pub made_by: crate::view::Named,
    /// When, UTC ms.
    pub made_at: i64,
    /// Until when, UTC ms.
    pub expires_at: i64,
    /// When it was ended before that, UTC ms.
    pub ended_at: Option<i64>,
    /// How often it was opened.
    pub opened: i64,
    /// When last, UTC ms.
    pub last_opened_at: Option<i64>,
    /// Whether wrong proofs have used it up.
    pub locked: bool,
    /// Whether its maker may not make one any more; it opens nothing then.
    pub lapsed: bool,
}

/// What a guest shows of themselves, as they typed it.
#[derive(Clone, Default)]
pub struct Shown {
    /// The last four digits of the number on file.
    pub digits: Option<String>,
    /// The code that they were told.
    pub code: Option<String>,
}

/// Which code a guest is asked for.
#[derive(Clone, Copy)]
pub enum CodeOf<'a> {
    /// The one that was made with the link, known to who made it.
    Link,
    /// The one that was made with the copy of this request, known to who answered it.
    Copy(&'a RecordId),
}

/// What a guest has proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Holding the link.
    Link,
    /// The digits or the code.
    One,
    /// Both.
    Both,
}

/// Whoever holds a customer's link. Made by [`Vault::guest`] only.
pub struct Guest {
    scope: Scope,
    link: String,
    customer: RecordId,
    made_by: PersonId,
    expires_at: i64,
    failures: i64,
}

impl Vault {
    /// Lets in whoever holds a link, and counts it. Unknown, ended, expired, lapsed and used-up links answer alike.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn guest(&self, secret: &str) -> Result<Guest> {
        let mut scope = self.system(Task::Rights);
        let now = scope.now();
        self.keep_up().await?;
        // A malformed secret is looked up as well, under a hash that nothing has.
        let parsed = Token::parse(secret).ok().filter(|token| token.kind() == TokenKind::Link);
        let hash = parsed.map_or_else(|| vec![0; 32], |token| token.hash().as_bytes().to_vec());
        let mut tx = scope.begin().await?;
        let row = tx
            .write
            .optional(
                "look up a link",
                "SELECT id, customer, expires_at, failures, made_by FROM customer_link WHERE token = $1 \
                 AND ended_at IS NULL AND expires_at > $2 AND opened < $3",
                &[hash.into(), now.into(), MOST_OPENED.into()],
            )
            .await?;
        let known = match row {
            Some(row) => {
                let (customer, made_by) = (RecordId::new(row.text(1)?), PersonId::new(row.text(4)?));
                let stands = scope.link_stands(&made_by, &customer).await?;
                stands.then_some((row, customer, made_by))
            }
            None => None,
        };
        let Some((row, customer, made_by)) = known else {
            tx.commit(Act::new("rights.link", CUSTOMER).denied()).await?;
            return Err(Problem::NotFound.into());
        };
        let link = row.text(0)?;
        let (expires_at, failures) = (row.int(2)?, row.int(3)?);
        tx.write
            .run(
                "count an opening",
                "UPDATE customer_link SET opened = opened + 1, last_opened_at = $1 WHERE id = $2",
                &[now.into(), link.as_str().into()],
            )
            .await?;
        let act = Act::new("rights.link", CUSTOMER).on(&customer, Some(&SubjectId::new(customer.as_str())));
        tx.commit(act.payload(json!({ "link": link }))).await?;
        // The log names the link where it names the session of a person.
        scope.actor.session = Some(link.clone());
        Ok(Guest { scope, link, customer, made_by, expires_at, failures })
    }
}

impl Guest {
    /// The task that works for them; its rights are those of [`Task::Rights`].
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
    /// Whose page it is.
    pub fn customer(&self) -> &RecordId {
        &self.customer
    }
    /// Who made the link, and so has seen its code.
    pub fn made_by(&self) -> &PersonId {
        &self.made_by
    }
    /// Until when the link opens it, UTC ms.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }
    /// How many wrong proofs are left.
    pub fn tries_left(&self) -> i64 {
        (MOST_WRONG - self.failures).max(0)
    }

    /// Proves who they are as far as `needed`. A wrong digit and a wrong code answer alike, and so does a customer without
    /// a number on file. The try is counted durably before anything is compared.
    ///
    /// # Errors
    /// `check_required`, `check_failed`, `check_locked`.
    pub async fn prove(&self, shown: &Shown, needed: Proof, code_of: CodeOf<'_>) -> Result<Proof> {
        let digits = shown.digits.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let code = shown.code.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let proved = match (digits, code) {
            (Some(_), Some(_)) => Proof::Both,
            (None, None) => Proof::Link,
            _ => Proof::One,
        };
        if proved < needed {
            return Err(Problem::invalid("check", "check_required").into());
        }
        if proved == Proof::Link {
            return Ok(proved);
        }
        let about = |act: Act| act.on(&self.customer, Some(&SubjectId::new(self.customer.as_str())));
        let mut tx = self.scope.begin().await?;
        let mut counted = tx
            .write
            .run(
                "count a try",
                "UPDATE customer_link SET failures = failures + 1 WHERE id = $1 AND failures < $2",
                &[self.link.as_str().into(), MOST_WRONG.into()],
            )
            .await?;
        if let CodeOf::Copy(request) = code_of
            && counted > 0
        {
            // Whoever may make links has as many tries as links; the code of a copy has five in all.
            let sql = "UPDATE rights_paper SET failures = failures + 1 \
                       WHERE request = $1 AND part = $2 AND failures < $3";
            let args = [request.into(), COPY_CODE.into(), MOST_WRONG.into()];
            counted = counted.min(tx.write.run("count a try at a copy", sql, &args).await?);
        }
        if counted == 0 {
            // Neither is counted alone: who has used up one of them cannot use up the other.
            drop(tx);
            self.scope.log(about(Act::new("rights.try", CUSTOMER).denied())).await?;
            return Err(Problem::Conflict("check_locked").into());
        }
        tx.commit(about(Act::new("rights.try", CUSTOMER))).await?;
        let digits_right = match digits {
            Some(digits) => self.ends_in(digits).await?,
            None => true,
        };
        let code_right = match code {
            Some(code) => self.is_code(code, code_of).await?,
            None => true,
        };
        if !(digits_right && code_right) {
            self.scope.log(about(Act::new("rights.check", CUSTOMER).denied())).await?;
            let error = FieldError::new("check", "check_failed").with("left", self.left(code_of).await?);
            return Err(Problem::Invalid(vec![error]).into());
        }
        let mut tx = self.scope.begin().await?;
        tx.write
            .run(
                "take a try back",
                "UPDATE customer_link SET failures = failures - 1 WHERE id = $1",
                &[self.link.as_str().into()],
            )
            .await?;
        if let CodeOf::Copy(request) = code_of {
            let sql = "UPDATE rights_paper SET failures = failures - 1 WHERE request = $1 AND part = $2";
            tx.write.run("take a try at a copy back", sql, &[request.into(), COPY_CODE.into()]).await?;
        }
        tx.commit(about(Act::new("rights.check", CUSTOMER))).await?;
        Ok(proved)
    }

    /// How many tries are left, by the link and by the code.
    async fn left(&self, code_of: CodeOf<'_>) -> Result<i64> {
        let data = &self.scope.inner.data;
        let sql = "SELECT failures FROM customer_link WHERE id = $1";
        let row = data.optional("count tries", sql, &[self.link.as_str().into()]).await?;
        let mut failures = row.map_or(Ok(MOST_WRONG), |row| row.int(0))?;
        if let CodeOf::Copy(request) = code_of {
            let sql = "SELECT failures FROM rights_paper WHERE request = $1 AND part = $2";
            let row =
                data.optional("count tries at a copy", sql, &[request.into(), COPY_CODE.into()]).await?;
            failures = failures.max(row.map_or(Ok(MOST_WRONG), |row| row.int(0))?);
        }
        Ok(MOST_WRONG - failures)
    }

    async fn is_code(&self, code: &str, code_of: CodeOf<'_>) -> Result<bool> {
        let scribe = &self.scope.inner.scribe;
        let (kept, given) = match code_of {
            CodeOf::Link => {
                let sql = "SELECT code FROM customer_link WHERE id = $1";
                let id = [self.link.as_str().into()];
                let row = self.scope.inner.data.optional("read a code", sql, &id).await?;
                let kept = row.map_or_else(|| Ok(Vec::new()), |row| row.bytes(0))?;
                (kept, scribe.pseudonym("link-code", &format!("{}:{code}", self.link)))
            }
            CodeOf::Copy(request) => {
                let kept = self.scope.paper(request, COPY_CODE).await?.map(|paper| paper.body);
                (kept.unwrap_or_default(), scribe.pseudonym("copy-code", &format!("{request}:{code}")))
            }
        };
        Ok(bool::from(kept.as_slice().ct_eq(given.as_slice())))
    }

    /// Whether the customer's own number on file ends in these four digits.
    async fn ends_in(&self, digits: &str) -> Result<bool> {
        if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(false);
        }
        let reader = self.scope.reader_of_subjects();
        let Some((def, stored, _)) = reader.stored(CUSTOMER, &self.customer).await? else { return Ok(false) };
        let opener = reader.opener(std::slice::from_ref(&stored)).await?;
        let mut same = false;
        for phone in def.live_fields().filter(|f| f.kind == FieldKind::Phone) {
            let ending = opener.open(&stored, phone).as_ref().and_then(field::last4);
            same |= ending.is_some_and(|ending| bool::from(ending.as_bytes().ct_eq(digits.as_bytes())));
        }
        Ok(same)
    }
}

impl Tx {
    /// Makes a link for a customer: by who may change the customer, or answers what customers ask for.
    ///
    /// # Errors
    /// Not found; forbidden; `date_out_of_range`.
    pub async fn make_link(&mut self, customer: &RecordId, days: u32) -> Result<NewLink> {
        self.may_link(customer).await?;
        if !DAYS.contains(&days) {
            return Err(Problem::invalid("days", "out_of_range").into());
        }
        let token = Token::generate(TokenKind::Link)?;
        let id = ids::new_id();
        let code = six_digits()?;
        let now = self.scope.now();
        let expires_at = now + i64::from(days) * DAY_MS;
        let hash = self.scope.inner.scribe.pseudonym("link-code", &format!("{id}:{code}")).to_vec();
        self.write
            .run(
                "make a link",
                "INSERT INTO customer_link (id, token, code, customer, made_by, made_at, expires_at, opened, failures) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)",
                &[
                    id.as_str().into(),
                    token.hash().as_bytes().to_vec().into(),
                    hash.into(),
                    customer.into(),
                    self.scope.person().into(),
                    now.into(),
                    expires_at.into(),
                ],
            )
            .await?;
        Ok(NewLink { id, token: token.expose().to_owned(), code, expires_at })
    }

    /// Ends a link at once.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn end_link(&mut self, customer: &RecordId, link: &str) -> Result<()> {
        self.may_link(customer).await?;
        let ended = self
            .write
            .run(
                "end a link",
                "UPDATE customer_link SET ended_at = $1 WHERE id = $2 AND customer = $3 AND ended_at IS NULL",
                &[self.scope.now().into(), link.into(), customer.into()],
            )
            .await?;
        if ended == 0 { Err(Problem::NotFound.into()) } else { Ok(()) }
    }

    /// Makes the code that opens the files of a copy, in place of a former one. Whoever answered tells it to the customer;
    /// only its keyed hash is kept, among the papers of the request. Only the task that keeps requests may.
    ///
    /// # Errors
    /// Forbidden; `subject_destroyed`.
    pub async fn make_copy_code(
        &mut self,
        request: &RecordId,
        customer: &RecordId,
        expires_at: i64,
    ) -> Result<String> {
        let code = six_digits()?;
        let hash = self.scope.inner.scribe.pseudonym("copy-code", &format!("{request}:{code}"));
        let paper = Paper {
            part: COPY_CODE.to_owned(),
            name: String::new(),
            media: "application/octet-stream".to_owned(),
            body: hash.to_vec(),
        };
        self.keep_paper(request, customer, &paper, Some(expires_at)).await?;
        Ok(code)
    }

    async fn may_link(&mut self, customer: &RecordId) -> Result<()> {
        if self.scope.require(ActName::RightsAnswer, None).is_ok() {
            return self.scope.inner.subject_of(CUSTOMER, customer).await.map(drop);
        }
        let (def, stored, facts) = self.load(CUSTOMER, customer).await?;
        if stored.deleted_at.is_some() {
            return Err(Problem::NotFound.into());
        }
        if judge(&self.scope.caller, &def.name, &facts).may(Verb::Edit) {
            Ok(())
        } else {
            Err(Problem::Forbidden("edit").into())
        }
    }
}

impl Scope {
    /// The links of a customer, newest first, for who may make one.
    ///
    /// # Errors
    /// Not found; forbidden.
    pub async fn links(&self, customer: &RecordId) -> Result<Vec<LinkView>> {
        if self.require(ActName::RightsAnswer, None).is_ok() {
            self.inner.subject_of(CUSTOMER, customer).await?;
        } else if !self.visible(CUSTOMER, customer).await?.may(Verb::Edit) {
            return Err(Problem::Forbidden("edit").into());
        }
        let rows = self
            .inner
            .data
            .all(
                "list links",
                "SELECT id, made_by, made_at, expires_at, ended_at, opened, last_opened_at, failures \
                 FROM customer_link WHERE customer = $1 ORDER BY made_at DESC, id DESC LIMIT 50",
                &[customer.into()],
            )
            .await?;
        let makers =
            rows.iter().map(|row| row.text(1).map(PersonId::new)).collect::<Result<BTreeSet<_>>>()?;
        let mut stand = BTreeMap::new();
        for maker in makers {
            let stands = self.link_stands(&maker, customer).await?;
            stand.insert(maker, stands);
        }
        let links = rows
            .iter()
            .map(|row| {
                let by = PersonId::new(row.text(1)?);
                Ok(LinkView {
                    lapsed: !stand.get(&by).copied().unwrap_or(false),
                    id: row.text(0)?,
                    made_by: crate::view::Named { id: by.to_string(), name: self.name_of(&by) },
                    made_at: row.int(2)?,
                    expires_at: row.int(3)?,
                    ended_at: row.opt_int(4)?,
                    opened: row.int(5)?,
                    last_opened_at: row.opt_int(6)?,
                    locked: row.int(7)? >= MOST_WRONG,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        self.log(Act::new("rights.links", CUSTOMER).on(customer, None).count(links.len())).await?;
        Ok(links)
    }
}

impl Scope {
    /// Whether links of this maker open this customer's page: whether they could make one now. That a customer is gone
    /// closes none, for whoever asked for the erasure reads there that it was done.
    async fn link_stands(&self, made_by: &PersonId, customer: &RecordId) -> Result<bool> {
        let Ok(maker) = self.inner.scope_of(made_by) else { return Ok(false) };
        if maker.require(ActName::RightsAnswer, None).is_ok() {
            return Ok(true);
        }
        match maker.stored(CUSTOMER, customer).await? {
            Some((def, _, facts)) => Ok(judge(&maker.caller, &def.name, &facts).may(Verb::Edit)),
            None => match self.inner.subject_of(CUSTOMER, customer).await {
                Ok(_) => Ok(false),
                Err(VaultError::Problem(Problem::NotFound)) => Ok(true),
                Err(other) => Err(other),
            },
        }
    }
}

/// Six random digits. What is over is thrown away, so that all are equally likely.
fn six_digits() -> Result<String> {
    for _ in 0..64 {
        let drawn = Key32::random()?;
        let [a, b, c, d, ..] = *drawn.expose();
        let number = u32::from_be_bytes([a, b, c, d]);
        if number < 4_294_000_000 {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
    Err(VaultError::Setup("no random digits".to_owned()))
}
