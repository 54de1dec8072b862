//! A client of the service. Every reply that it gets is held against the API's document.

use super::contract;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use futures_util::StreamExt as _;
use kedun_server::App;
use serde_json::Value as Json;
use std::net::SocketAddr;
use std::time::Duration;
use tower::ServiceExt as _;

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    app: App,
    headers: HeaderMap,
}

/// What came back, read to its end.
#[derive(Debug)]
pub struct Reply {
    /// `GET /api/v1/me`, for messages of tests.
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(app: &App) -> Client {
        Client { app: app.clone(), headers: HeaderMap::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Client {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    #[must_use]
    pub fn with_token(self, token: &str) -> Client {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same session, as a browser carries it.
    #[must_use]
    pub fn by_cookie(mut self) -> Client {
        let bearer = self.headers.remove(header::AUTHORIZATION).unwrap();
        let token = bearer.to_str().unwrap().trim_start_matches("Bearer ").to_owned();
        self.with("cookie", &format!("kedun={token}"))
    }

    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Json) -> Reply {
        self.call("POST", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Json) -> Reply {
        self.call("PATCH", path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, None).await
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Json>) -> Reply {
        match body {
            Some(body) => {
                self.raw(method, path, Some("application/json"), body.to_string().into_bytes()).await
            }
            None => self.raw(method, path, None, Vec::new()).await,
        }
    }

    /// Opens the stream of events and leaves it open.
    pub async fn listen(&self) -> Stream {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = "/api/v1/events".parse().unwrap();
        *request.headers_mut() = self.headers.clone();
        let response = self.app.router().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        Stream { body: response.into_body().into_data_stream(), heard: Vec::new(), ended: false }
    }

    /// Bytes as they are.
    pub async fn raw(&self, method: &str, path: &str, kind: Option<&str>, bytes: Vec<u8>) -> Reply {
        let mut request = Request::new(Body::from(bytes));
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        *request.uri_mut() = path.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
        *request.headers_mut() = self.headers.clone();
        if let Some(kind) = kind {
            request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
        let asked = format!("{method} {}", path.chars().take(200).collect::<String>());
        let response = self.app.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // A stream does not end by itself; its tests read it themselves.
        let streams = parts.headers.get(header::CONTENT_TYPE).is_some_and(|v| v == "text/event-stream");
        let bytes = match streams {
            true => Vec::new(),
            false => axum::body::to_bytes(body, 64 << 20).await.unwrap().to_vec(),
        };
        let reply = Reply { asked, status: parts.status.as_u16(), headers: parts.headers, bytes };
        contract::hold(method, path, &reply);
        reply
    }
}

/// An open stream of events.
pub struct Stream {
    body: axum::body::BodyDataStream,
    /// Everything that came.
    pub heard: Vec<u8>,
    /// Whether the service ended it.
    pub ended: bool,
}

impl Stream {
    /// Reads until something was heard that holds the text, until the end, or for so long.
    pub async fn until(&mut self, text: &str, longest: Duration) -> bool {
        let holds = |heard: &[u8]| String::from_utf8_lossy(heard).contains(text);
        let _ = tokio::time::timeout(longest, async {
            while !self.ended && (text.is_empty() || !holds(&self.heard)) {
                match self.body.next().await {
                    Some(Ok(bytes)) => self.heard.extend_from_slice(&bytes),
                    _ => self.ended = true,
                }
            }
        })
        .await;
        holds(&self.heard)
    }
}

impl Reply {
    /// Fails unless it has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        self
    }

    /// Fails unless it is that refusal.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Reply {
        let reply = self.expect(status);
        assert_eq!(reply.json()["code"], code, "{}: {}", reply.asked, reply.text());
        reply
    }

    /// Fails unless it is a 422 that says this of that field.
    #[track_caller]
    pub fn faults(self, field: &str, code: &str) -> Reply {
        let reply = self.expect(422);
        let json = reply.json();
        let said = json["errors"]
            .as_array()
            .is_some_and(|e| e.iter().any(|e| e["field"] == field && e["code"] == code));
        assert!(said, "{}: no {field}: {code} in {json}", reply.asked);
        reply
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{}: {e}: {}", self.asked, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}
