//! What handlers share: the vault once it is unsealed, and how the server is reached.

use crate::jobs::Jobs;
use crate::limits::{Counted, Limits};
use crate::problem::Fault;
use crate::push::{Here, Push};
use crate::settings::{LimitSettings, PushSettings, SettingsError};
use axum::Router;
use kedun_model::Problem;
use kedun_model::filter::Filter;
use kedun_vault::{Scope, Vault, VaultError};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokio::sync::watch;

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    vault: RwLock<Option<Vault>>,
    secure: bool,
    demo: bool,
    meter: metrics_exporter_prometheus::PrometheusHandle,
    limits: OnceLock<(LimitSettings, Limits)>,
    push: OnceLock<Arc<Push>>,
    here: Here,
    jobs: Jobs,
    stopping: watch::Sender<bool>,
}

impl App {
    /// An app without a vault: sealed. `secure` when browsers come over TLS, `demo` for a demo company.
    pub fn sealed(secure: bool, demo: bool) -> App {
        App {
            inner: Arc::new(Inner {
                vault: RwLock::new(None),
                secure,
                demo,
                meter: meter(),
                limits: OnceLock::new(),
                push: OnceLock::new(),
                here: Here::default(),
                jobs: Jobs::default(),
                stopping: watch::Sender::new(false),
            }),
        }
    }

    /// Puts the opened vault in; from now on the API answers.
    pub fn unseal(&self, vault: Vault) {
        *self.inner.vault.write().unwrap_or_else(PoisonError::into_inner) = Some(vault);
    }

    /// Sets how much one caller may ask, once. Whoever serves does; an app that is only asked within its own process
    /// counts nobody.
    pub fn limit(&self, settings: LimitSettings) {
        let _ = self.inner.limits.set((settings, Limits::new(&settings)));
    }

    /// Lets people have themselves knocked at, where the settings say so; once, before [`App::work`].
    ///
    /// # Errors
    /// Certificates that cannot be read.
    pub fn knock(&self, settings: &PushSettings) -> Result<(), SettingsError> {
        if let Some(push) = Push::new(settings)? {
            let _ = self.inner.push.set(Arc::new(push));
        }
        Ok(())
    }

    /// How the house knocks at browsers; none when it does not.
    pub(crate) fn push(&self) -> Option<&Arc<Push>> {
        self.inner.push.get()
    }

    /// Who has the app open.
    pub(crate) fn here(&self) -> &Here {
        &self.inner.here
    }

    /// The counts, where there are any.
    pub(crate) fn limits(&self) -> Option<&Limits> {
        self.inner.limits.get().map(|(_, limits)| limits)
    }

    /// Counts a filter that asks for somebody by their number as the search that it is.
    pub(crate) fn count_filter(
        &self,
        scope: &Scope,
        object: &str,
        filter: Option<&Filter>,
    ) -> Result<(), Fault> {
        match self.limits() {
            Some(limits) if scope.asks_by_number(object, filter) => {
                limits.person(Counted::Search, scope.person())
            }
            _ => Ok(()),
        }
    }

    /// Counts a refusal that tells of a duplicate as the search that it is; past the limit it tells nothing.
    pub(crate) fn count_duplicate(&self, scope: &Scope, refused: VaultError) -> Fault {
        let told = matches!(&refused, VaultError::Problem(Problem::Invalid(errors))
            if errors.iter().any(|error| error.code.starts_with("duplicate")));
        match self.limits() {
            Some(limits) if told => {
                limits.person(Counted::Search, scope.person()).err().unwrap_or_else(|| refused.into())
            }
            _ => refused.into(),
        }
    }

    /// What limits a single request.
    pub(crate) fn bounds(&self) -> LimitSettings {
        self.inner.limits.get().map(|(settings, _)| *settings).unwrap_or_default()
    }

    /// Starts what runs beside the requests. Does nothing while sealed.
    pub fn work(&self) {
        if let Ok(vault) = self.vault() {
            self.inner.jobs.start(&vault);
            if let Some(push) = self.push() {
                let work = crate::push::work(vault, push.clone(), self.inner.here.clone());
                self.inner.jobs.keep(tokio::spawn(work));
            }
        }
    }

    /// There is something to do for the jobs now; they need not wait for their time.
    pub(crate) fn wake(&self) {
        self.inner.jobs.wake();
    }

    /// Tells open streams to end: they would otherwise keep a stop waiting for as long as it may.
    pub(crate) fn stop_streams(&self) {
        self.inner.stopping.send_replace(true);
    }

    /// Changes once, when the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.inner.stopping.subscribe()
    }

    /// Ends the jobs and closes the vault, after everything that is written is durable.
    ///
    /// # Errors
    /// The last head of the log cannot be signed; it will be at the next start.
    pub async fn close(&self) -> Result<(), VaultError> {
        self.inner.jobs.stop().await;
        let vault = self.inner.vault.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(vault) = vault {
            let signed = vault.sequence(true).await;
            vault.close().await;
            signed?;
        }
        Ok(())
    }

    /// The vault.
    ///
    /// # Errors
    /// Sealed.
    pub fn vault(&self) -> Result<Vault, Fault> {
        let vault = self.inner.vault.read().unwrap_or_else(PoisonError::into_inner).clone();
        vault.ok_or(Fault::Vault(VaultError::Sealed))
    }

    /// Whether browsers come over TLS.
    pub fn is_secure(&self) -> bool {
        self.inner.secure
    }

    /// Whether this is a demo company.
    pub fn is_demo(&self) -> bool {
        self.inner.demo
    }

    /// The numbers for Prometheus.
    pub(crate) fn metrics(&self) -> String {
        self.inner.meter.render()
    }

    /// Adds up what was measured, which is kept one by one until somebody asks for the numbers or this is called.
    pub(crate) fn tidy_metrics(&self) {
        self.inner.meter.run_upkeep();
    }

    /// The name of the session cookie: browsers refuse `__Host-` without TLS.
    pub(crate) fn cookie(&self) -> &'static str {
        if self.inner.secure { "__Host-kedun" } else { "kedun" }
    }

    /// The name of the cookie that says which device this is.
    pub(crate) fn device_cookie(&self) -> &'static str {
        if self.inner.secure { "__Host-kedun-device" } else { "kedun-device" }
    }

    /// The whole service.
    pub fn router(&self) -> Router {
        crate::serve::dress(crate::routes::table().into_router(), self.clone())
    }
}

/// The numbers of the process. There is one recorder in a process, however many apps (tests have several).
fn meter() -> metrics_exporter_prometheus::PrometheusHandle {
    static METER: OnceLock<metrics_exporter_prometheus::PrometheusHandle> = OnceLock::new();
    METER
        .get_or_init(|| {
            let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            // Somebody else's recorder stays; then there is nothing to show here.
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}
