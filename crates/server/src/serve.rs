//! What every request passes, and the listening itself: TLS with own certificate files, plain HTTP on loopback only, a
//! graceful stop.

use crate::app::App;
use crate::extract::Spoken;
use crate::problem::{Fault, speak};
use crate::settings::{LimitSettings, Tls};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// How long running requests may finish after a stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often what was measured is added up.
const METER_EVERY: Duration = Duration::from_secs(30);

/// How many times longer than any other request one may take that brings a file.
const PATIENCE: u32 = 6;

const CONTENT_SECURITY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'self'; object-src 'none'";

/// Puts the layers around the routes.
pub(crate) fn dress(router: Router<App>, app: App) -> Router {
    router
        .fallback(crate::routes::web::fallback)
        .method_not_allowed_fallback(|| async { Fault::Method })
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Fault::Internal.into_response()))
        .layer(middleware::from_fn_with_state(app.clone(), around))
        // JSON too: learning from lengths (BREACH) needs requests from another site that carry the session, and the
        // cookie is SameSite=Strict. Streams of events are left as they are by the layer's own rule.
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Language, headers, numbers and one log line. The line names the route's template, never its parameters or query.
async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |matched| matched.as_str().to_owned());
    let is_api = request.uri().path().starts_with("/api/");
    let spoken = Spoken::by(request.headers());
    request.extensions_mut().insert(spoken.clone());
    let streams = path.ends_with("/events");
    let response = if streams {
        next.run(request).await
    } else {
        // A file comes over the networks of people on the road.
        let patience = if path == crate::routes::files::FILES { PATIENCE } else { 1 };
        let longest = Duration::from_secs(app.bounds().timeout_seconds) * patience;
        match tokio::time::timeout(longest, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Fault::TookTooLong.into_response(),
        }
    };
    let mut response = speak(response, spoken.is_english(), app.is_demo());
    let status = response.status().as_u16();
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("permissions-policy", "camera=(self), geolocation=(self), microphone=(), payment=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What came from outside brings a stricter one of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CONTENT_SECURITY));
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if app.is_secure() {
        headers.insert(
            "strict-transport-security",
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    let took = started.elapsed();
    metrics::counter!("kedun_requests_total", "method" => counted(&method), "route" => path.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("kedun_request_seconds", "route" => path.clone()).record(took.as_secs_f64());
    tracing::info!(%method, route = %path, status, ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "request");
    response
}

/// A method as it is counted. HTTP takes any word for one, and a stranger's words are not to become series.
fn counted(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Serves until told to stop; then running requests get a moment to finish.
///
/// # Errors
/// The address is taken, the certificate cannot be read.
pub(crate) async fn serve(
    app: &App,
    listener: std::net::TcpListener,
    tls: Option<&Tls>,
    limits: LimitSettings,
    stop: Stop,
) -> std::io::Result<()> {
    app.limit(limits);
    let handle = axum_server::Handle::new();
    let (stopping, streams) = (handle.clone(), app.clone());
    tokio::spawn(async move {
        stop.asked().await;
        tracing::info!("stopping");
        streams.stop_streams();
        stopping.graceful_shutdown(Some(GRACE));
    });
    let meter = tokio::spawn({
        let app = app.clone();
        async move {
            let mut pause = tokio::time::interval(METER_EVERY);
            loop {
                pause.tick().await;
                app.tidy_metrics();
            }
        }
    });
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    listener.set_nonblocking(true)?;
    let served = match tls {
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
        Some(files) => {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let config =
                axum_server::tls_rustls::RustlsConfig::from_pem_file(&files.cert, &files.key).await?;
            axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(service).await
        }
    };
    meter.abort();
    served
}

/// The signals that ask for a stop. Made before anybody is told that the server is there: whoever hears of it may stop
/// it at once.
#[cfg(unix)]
pub(crate) struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system gives no more signal handlers.
    pub(crate) fn listen() -> std::io::Result<Stop> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Stop { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub(crate) async fn asked(mut self) {
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
    }
}

#[cfg(not(unix))]
pub(crate) struct Stop;

#[cfg(not(unix))]
impl Stop {
    pub(crate) fn listen() -> std::io::Result<Stop> {
        Ok(Stop)
    }

    pub(crate) async fn asked(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
