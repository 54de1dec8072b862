//! Routes exist only together with a policy, a line in the inventory that tests walk, and a place in the OpenAPI
//! document. There is no other way to add one.

use crate::app::App;
use crate::limits::Counted;
use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Who may call an operation at all; what they may see and do is judged behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Anybody.
    Public,
    /// Whoever has a living session.
    Session,
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub policy: Policy,
    /// One sentence.
    pub summary: &'static str,
    /// Name of the request's schema in `openapi/schemas.json`.
    pub body: Option<&'static str>,
    /// Media types of a request body that is taken as it is.
    pub bytes: &'static [&'static str],
    /// Whether the body may be left out.
    pub bodiless: bool,
    /// Status and name of the reply's schema; an empty name means no body.
    pub reply: (u16, &'static str),
    /// Query parameters.
    pub query: &'static [&'static str],
    /// What it counts as for whoever asks too much.
    pub counted: Counted,
    /// Request headers that it heeds.
    pub headers: &'static [&'static str],
}

/// The table of routes.
pub struct Table {
    router: Router<App>,
    routes: Vec<Route>,
}

impl Table {
    pub(crate) fn new() -> Table {
        Table { router: Router::new(), routes: Vec::new() }
    }

    /// Adds an operation.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may add a route")]
    pub(crate) fn add<H: Handler<T, App>, T: 'static>(mut self, route: Route, handler: H) -> Table {
        let method = match route.method {
            "GET" => MethodFilter::GET,
            "POST" => MethodFilter::POST,
            "PUT" => MethodFilter::PUT,
            "PATCH" => MethodFilter::PATCH,
            _ => MethodFilter::DELETE,
        };
        let answering = on(method, Answering::new(handler)).route_layer(axum::Extension(route.counted));
        self.router = self.router.route(route.path, answering);
        self.routes.push(route);
        self
    }

    /// Every operation there is.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }
}

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler without its type: what axum builds around one is then compiled once and not once for each operation,
/// which halves the time that this crate takes to compile.
#[derive(Clone)]
struct Answering(Arc<dyn Fn(Request, App) -> Answer + Send + Sync>);

impl Answering {
    fn new<H: Handler<T, App>, T: 'static>(handler: H) -> Answering {
        Answering(Arc::new(move |request, app| Box::pin(handler.clone().call(request, app))))
    }
}

impl Handler<(), App> for Answering {
    type Future = Answer;

    fn call(self, request: Request, app: App) -> Answer {
        (self.0)(request, app)
    }
}

impl Route {
    /// An operation for whoever has a session.
    pub(crate) const fn new(method: &'static str, path: &'static str, summary: &'static str) -> Route {
        Route {
            method,
            path,
            policy: Policy::Session,
            summary,
            body: None,
            bytes: &[],
            bodiless: false,
            reply: (200, ""),
            query: &[],
            counted: if matches!(method.as_bytes(), b"GET") { Counted::Read } else { Counted::Change },
            headers: &[],
        }
    }

    /// For anybody.
    pub(crate) const fn public(mut self) -> Route {
        self.policy = Policy::Public;
        self.counted = Counted::Stranger;
        self
    }

    /// With a request body of that schema.
    pub(crate) const fn takes(mut self, schema: &'static str) -> Route {
        self.body = Some(schema);
        self
    }

    /// With a request body of bytes, said to be one of these media types.
    pub(crate) const fn takes_bytes(mut self, media: &'static [&'static str]) -> Route {
        self.bytes = media;
        self
    }

    /// With a request body of that schema, or none.
    pub(crate) const fn may_take(mut self, schema: &'static str) -> Route {
        self.body = Some(schema);
        self.bodiless = true;
        self
    }

    /// Answers that status and schema.
    pub(crate) const fn answers(mut self, status: u16, schema: &'static str) -> Route {
        self.reply = (status, schema);
        self
    }

    /// Counted as something else than its method says.
    pub(crate) const fn counts_as(mut self, counted: Counted) -> Route {
        self.counted = counted;
        self
    }

    /// Heeding these request headers.
    pub(crate) const fn heeds(mut self, headers: &'static [&'static str]) -> Route {
        self.headers = headers;
        self
    }

    /// With query parameters.
    pub(crate) const fn asks(mut self, query: &'static [&'static str]) -> Route {
        self.query = query;
        self
    }
}
