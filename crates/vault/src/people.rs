//! Accounts of people.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::ids;
use crate::keys::{self, Clear, Verdict};
use crate::scope::Scope;
use crate::tx::Tx;
use kedun_model::{Act as ActName, DepartmentId, FieldError, PersonId, Problem, RoleName};
use serde::Serialize;

/// An account to be opened.
pub struct NewPerson {
    /// Login, lower case.
    pub login: String,
    /// Name.
    pub name: String,
    /// Staff number.
    pub staff_no: String,
    /// Department.
    pub department: Option<DepartmentId>,
    /// First password.
    pub password: String,
    /// Roles.
    pub roles: Vec<RoleName>,
    /// `zh-CN` or `en`.
    pub language: String,
}

impl NewPerson {
    /// What can be said of it without looking into the house. Answers the login as it is kept.
    ///
    /// # Errors
    /// A malformed login, no name, words that are too long.
    pub fn check(&self) -> Result<String> {
        let login = self.login.trim().to_lowercase();
        let fits =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '@');
        if login.len() < 2 || login.len() > 64 || !login.chars().all(fits) {
            return Err(Problem::invalid("login", "login_format").into());
        }
        let named = worded("name", &self.name, 60).and_then(|()| match self.name.trim().is_empty() {
            true => Err(FieldError::new("name", "required")),
            false => worded("staff_no", &self.staff_no, 40),
        });
        named.map_err(|error| Problem::Invalid(vec![error]))?;
        Ok(login)
    }
}

/// A person in the directory. Accounts' details only for those who manage accounts.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Department.
    pub department: Option<crate::view::Named>,
    /// Login; for those who manage accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Staff number; for those who manage accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_no: Option<String>,
    /// `active` or `frozen`; for those who manage accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// Roles; for those who manage accounts or roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Whether a second factor is enrolled; for those who manage accounts or roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp: Option<bool>,
    /// Whether a one-time password still waits to be replaced; for those who manage accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_time: Option<bool>,
}

/// Whom to look for in the directory.
#[derive(Clone, Debug, Default)]
pub struct PeopleAsked {
    /// Part of a name; of a login too, for those who manage accounts.
    pub q: String,
    /// In this department or below it.
    pub department: Option<DepartmentId>,
    /// Only active, or only frozen accounts; frozen ones are shown to those who manage accounts.
    pub active: Option<bool>,
    /// Who holds this role; heeded for those who may know.
    pub role: Option<RoleName>,
    /// The last id of the page before.
    pub after: Option<PersonId>,
    /// Most people answered, 1 to 500.
    pub limit: usize,
}

/// A page of the directory.
#[derive(Clone, Debug, Serialize)]
pub struct PeoplePage {
    /// People.
    pub people: Vec<PersonView>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
}

/// What the person themselves may know of their account.
#[derive(Clone, Debug)]
pub struct Myself {
    /// Id.
    pub id: String,
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// Staff number.
    pub staff_no: String,
    /// Department.
    pub department: Option<crate::view::Named>,
    /// Roles.
    pub roles: Vec<String>,
    /// Whether a second factor is enrolled.
    pub totp: bool,
    /// `zh-CN` or `en`.
    pub language: String,
}

impl Tx {
    /// Opens an account.
    ///
    /// # Errors
    /// Forbidden; a login that is taken or malformed; a weak password; two administrators in one person.
    pub async fn add_person(&mut self, new: NewPerson) -> Result<PersonId> {
        self.scope.require(ActName::PeopleManage, None)?;
        // Whoever opens accounts must not thereby hand out rights: roles are the security administrator's.
        if !new.roles.is_empty() {
            self.scope.require(ActName::RolesManage, None)?;
        }
        let login = new.check()?;
        let known = self
            .write
            .optional("look for a login", "SELECT id FROM person WHERE login = $1", &[login.as_str().into()])
            .await?;
        if known.is_some() {
            return Err(Problem::invalid("login", "login_taken").into());
        }
        if self.scope.task.is_none() {
            let errors = keys::password::check(&new.password, &login, &[new.name.trim()]);
            if !errors.is_empty() {
                return Err(Problem::Invalid(errors).into());
            }
        }
        let id = PersonId::new(ids::new_id());
        let password = self.scope.inner.passwords.hash(Clear::from(new.password)).await?;
        let opened = self
            .write
            .run(
                "open an account",
                "INSERT INTO person (id, login, name, staff_no, department, language, state, password, totp_confirmed, \
                 totp_step, failures, failed_at, locked_until, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, 0, 0, 0, 0, 0, $8) ON CONFLICT DO NOTHING",
                &[
                    (&id).into(),
                    login.as_str().into(),
                    new.name.trim().into(),
                    new.staff_no.as_str().into(),
                    new.department.as_ref().into(),
                    new.language.as_str().into(),
                    password.into(),
                    self.scope.now().into(),
                ],
            )
            .await?;
        // Two accounts of one login at the same moment: PostgreSQL lets the second come this far.
        if opened == 0 {
            return Err(Problem::invalid("login", "login_taken").into());
        }
        self.refresh = true;
        self.grant_roles(&id, &new.roles).await?;
        Ok(id)
    }

    /// Moves a person to another department. Their records stay where they are; scopes by department follow the person.
    ///
    /// # Errors
    /// Forbidden, also for oneself; unknown department.
    pub async fn set_department(&mut self, person: &PersonId, department: &DepartmentId) -> Result<()> {
        self.scope.require(ActName::PeopleManage, None)?;
        // What a person may see follows their department, so nobody moves themselves.
        if person == self.scope.person() {
            return Err(Problem::Forbidden("own_department").into());
        }
        if !self.scope.directory.departments.contains_key(department) {
            return Err(Problem::invalid("department", "unknown_record").into());
        }
        let moved = self
            .write
            .run(
                "move a person",
                "UPDATE person SET department = $1 WHERE id = $2",
                &[department.into(), person.into()],
            )
            .await?;
        self.refresh = true;
        if moved == 0 { Err(Problem::NotFound.into()) } else { Ok(()) }
    }

    /// Freezes an account: no sign-in, every session, device and token ends in the same transaction.
    ///
    /// # Errors
    /// Forbidden; oneself; unknown.
    pub async fn freeze(&mut self, person: &PersonId) -> Result<Ended> {
        let entry = self.scope.directory.people.get(person).ok_or(Problem::NotFound)?;
        let department = entry.department.clone();
        self.scope
            .require(ActName::PeopleManage, department.as_ref())
            .or_else(|_| self.scope.require(ActName::HandoversRun, department.as_ref()))?;
        if person == self.scope.person() {
            return Err(Problem::Forbidden("freeze_oneself").into());
        }
        let now = self.scope.now();
        self.write
            .run("freeze an account", "UPDATE person SET state = 'frozen' WHERE id = $1", &[person.into()])
            .await?;
        let sessions = self
            .write
            .run(
                "end sessions",
                "UPDATE session SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL",
                &[now.into(), person.into()],
            )
            .await?;
        let devices = self
            .write
            .run(
                "end devices",
                "UPDATE device SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL",
                &[now.into(), person.into()],
            )
            .await?;
        let shares = self
            .write
            .run(
                "end shares with a person",
                "UPDATE share SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL",
                &[now.into(), person.into()],
            )
            .await?;
        self.refresh = true;
        Ok(Ended { sessions, devices, shares })
    }
}

/// What ended with an account.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ended {
    /// Sessions, with their tokens.
    pub sessions: u64,
    /// Devices.
    pub devices: u64,
    /// Shares with the person.
    pub shares: u64,
}

impl Scope {
    /// The caller's own account.
    ///
    /// # Errors
    /// The account is gone.
    pub fn myself(&self) -> Result<Myself> {
        let me = self.directory.people.get(self.person()).ok_or(VaultError::NoSession)?;
        Ok(Myself {
            id: me.id.to_string(),
            login: me.login.clone(),
            name: me.name.clone(),
            staff_no: me.staff_no.clone(),
            department: me.department.as_ref().map(|d| crate::view::Named {
                id: d.to_string(),
                name: self.directory.department_name(d).map(str::to_owned),
            }),
            roles: me.roles.iter().map(ToString::to_string).collect(),
            totp: me.has_totp,
            language: me.language.clone(),
        })
    }

    /// The directory: names and departments for everybody, accounts for those who manage them.
    ///
    /// # Errors
    /// The log cannot be written.
    pub async fn people(&self, q: &str, limit: usize) -> Result<Vec<PersonView>> {
        let asked = PeopleAsked { q: q.to_owned(), limit, ..PeopleAsked::default() };
        Ok(self.people_page(&asked).await?.people)
    }

    /// A page of the directory.
    ///
    /// # Errors
    /// The log cannot be written.
    pub async fn people_page(&self, asked: &PeopleAsked) -> Result<PeoplePage> {
        let q = kedun_model::field::fold(&asked.q);
        let manages = self.require(ActName::PeopleManage, None).is_ok();
        let knows_roles = manages || self.require(ActName::RolesManage, None).is_ok();
        let within = asked.department.as_ref().map(|d| self.directory.subtree(d));
        let most = asked.limit.clamp(1, 500);
        let mut found: Vec<PersonView> = self
            .directory
            .people
            .values()
            .filter(|p| asked.after.as_ref().is_none_or(|after| p.id > *after))
            .filter(|p| {
                q.is_empty()
                    || kedun_model::field::fold(&p.name).contains(&q)
                    || (manages && p.login.contains(&q))
            })
            .filter(|p| p.active || manages)
            .filter(|p| asked.active.is_none_or(|active| active == p.active))
            .filter(|p| asked.role.as_ref().is_none_or(|role| knows_roles && p.roles.contains(role)))
            .filter(|p| {
                within.as_ref().is_none_or(|tree| p.department.as_ref().is_some_and(|d| tree.contains(d)))
            })
            .take(most + 1)
            .map(|p| self.person_view(p))
            .collect();
        let more = found.len() > most;
        found.truncate(most);
        let next_cursor = found.last().filter(|_| more).map(|p| p.id.clone());
        self.log(Act::new("people.list", "person").count(found.len())).await?;
        Ok(PeoplePage { people: found, next_cursor })
    }

    /// One person.
    ///
    /// # Errors
    /// Not found.
    pub fn one_person(&self, id: &PersonId) -> Result<PersonView> {
        self.directory.people.get(id).map(|p| self.person_view(p)).ok_or_else(|| Problem::NotFound.into())
    }

    fn person_view(&self, p: &crate::directory::PersonEntry) -> PersonView {
        let manages = self.require(ActName::PeopleManage, p.department.as_ref()).is_ok();
        let roles = manages || self.require(ActName::RolesManage, None).is_ok();
        PersonView {
            id: p.id.to_string(),
            name: p.name.clone(),
            department: p.department.as_ref().map(|d| crate::view::Named {
                id: d.to_string(),
                name: self.directory.department_name(d).map(str::to_owned),
            }),
            login: manages.then(|| p.login.clone()),
            staff_no: manages.then(|| p.staff_no.clone()),
            state: manages.then_some(if p.active { "active" } else { "frozen" }),
            roles: roles.then(|| p.roles.iter().map(ToString::to_string).collect()),
            totp: roles.then_some(p.has_totp),
            one_time: manages.then_some(p.one_time_until.is_some()),
        }
    }

    /// People who could take over in a department: active, with a role that may own records of the object.
    pub fn heirs(&self, department: Option<&DepartmentId>, except: &PersonId, object: &str) -> Vec<PersonId> {
        let object = object.into();
        let owns = |roles: &std::collections::BTreeSet<RoleName>| {
            roles.iter().filter_map(|r| self.catalog.roles.get(r)).any(|r| {
                r.def.grants.iter().any(|g| {
                    g.object == object
                        && crate::handover::keeps(&g.scope)
                        && g.verbs.contains(&kedun_model::Verb::Edit)
                })
            })
        };
        self.directory
            .people
            .values()
            .filter(|p| p.active && p.id != *except && p.department.as_ref() == department && owns(&p.roles))
            .map(|p| p.id.clone())
            .collect()
    }

    /// Active people whose role lets them create records of an object: of the caller's department and those below it,
    /// or everybody.
    pub fn team(&self, object: &str, below: bool) -> Vec<crate::view::Named> {
        let object = object.into();
        let writes = |roles: &std::collections::BTreeSet<RoleName>| {
            roles.iter().filter_map(|r| self.catalog.roles.get(r)).any(|r| {
                r.def
                    .grants
                    .iter()
                    .any(|g| g.object == object && g.verbs.contains(&kedun_model::Verb::Create))
            })
        };
        self.directory
            .people
            .values()
            .filter(|p| p.active && writes(&p.roles))
            .filter(|p| !below || p.department.as_ref().is_some_and(|d| self.caller.subtree.contains(d)))
            .map(|p| crate::view::Named { id: p.id.to_string(), name: Some(p.name.clone()) })
            .collect()
    }

    /// The department of a person, and the one above it.
    pub fn departments_of(&self, person: &PersonId) -> (Option<DepartmentId>, Option<DepartmentId>) {
        let own = self.directory.people.get(person).and_then(|p| p.department.clone());
        let above = own
            .as_ref()
            .and_then(|d| self.directory.departments.get(d))
            .and_then(|(_, parent, _)| parent.clone());
        (own, above)
    }

    /// The name of a person, for certificates and watermarks.
    pub fn name_of(&self, person: &PersonId) -> Option<String> {
        self.directory.people.get(person).map(|p| p.name.clone())
    }

    /// Changes the caller's password and ends their other sessions.
    ///
    /// # Errors
    /// The present password is wrong; the new one breaks a rule.
    pub async fn change_password(&self, current: &str, new: &str) -> Result<()> {
        let me = self.directory.people.get(self.person()).ok_or(VaultError::NoSession)?;
        let row = self
            .inner
            .data
            .optional("read a password", "SELECT password FROM person WHERE id = $1", &[self.person().into()])
            .await?
            .ok_or(VaultError::NoSession)?;
        let stored = row.text(0)?;
        let verdict =
            self.inner.passwords.verify(Clear::from(current.to_owned()), Some(stored.clone())).await?;
        // Guessed at like a sign-in, and counted like one: an open session proves no password.
        let (tx, guesses) = self.inner.take_account(self.person()).await?;
        if verdict == Verdict::Wrong {
            self.inner.count_failure(tx, self.person(), guesses, self.now(), Some(&self.actor)).await?;
            return Err(Problem::invalid("current", "wrong_password").into());
        }
        drop(tx);
        let mut errors = keys::password::check(new, &me.login, &[&me.name]);
        if current == new {
            errors.push(kedun_model::FieldError::new("new", "same_as_before"));
        }
        for error in &mut errors {
            error.field = "new".to_owned();
        }
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors).into());
        }
        let hash = self.inner.passwords.hash(Clear::from(new.to_owned())).await?;
        let mut tx = self.begin().await?;
        let changed = tx
            .write
            .run(
                "change a password",
                "UPDATE person SET password = $1, password_until = NULL, failures = 0, locked_until = 0 \
                 WHERE id = $2 AND password = $3",
                &[hash.into(), self.person().into(), stored.into()],
            )
            .await?;
        if changed == 0 {
            // Somebody else has set another one since it was checked.
            return Err(Problem::invalid("current", "wrong_password").into());
        }
        tx.end_other_sessions().await?;
        tx.commit(Act::new("password.change", "person")).await.map(drop)
    }

    /// Sets the caller's language.
    ///
    /// # Errors
    /// An unknown language.
    pub async fn set_language(&self, language: &str) -> Result<()> {
        if !matches!(language, "zh-CN" | "en") {
            return Err(Problem::invalid("language", "unknown_option").into());
        }
        let mut tx = self.begin().await?;
        tx.write
            .run(
                "set a language",
                "UPDATE person SET language = $1 WHERE id = $2",
                &[language.into(), self.person().into()],
            )
            .await?;
        tx.refresh = true;
        tx.commit(Act::new("person.language", "person")).await.map(drop)
    }
}

impl Tx {
    pub(crate) async fn end_other_sessions(&mut self) -> Result<()> {
        let current = self.scope.session().unwrap_or_default().to_owned();
        self.write
            .run(
                "end the other sessions",
                "UPDATE session SET ended_at = $1 WHERE person = $2 AND id <> $3 AND ended_at IS NULL",
                &[self.scope.now().into(), self.scope.person().into(), current.into()],
            )
            .await?;
        self.refresh = true;
        Ok(())
    }
}

/// A word that people see: bounded, without control characters.
pub(crate) fn worded(field: &str, text: &str, most: usize) -> std::result::Result<(), FieldError> {
    if text.chars().any(char::is_control) {
        return Err(FieldError::new(field, "control_character"));
    }
    if text.chars().count() > most {
        Err(FieldError::new(field, "too_long").with("max", most))
    } else {
        Ok(())
    }
}
