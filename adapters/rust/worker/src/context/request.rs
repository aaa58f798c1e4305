//! `context.req` (rules V19 to V24).

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// What the client has sent. The fields are the gateway's work; the body's forms are made when they are asked for.
#[derive(Clone, Debug, Default)]
pub struct ContextRequest {
    pub headers: HashMap<String, String>,
    pub method: String,
    pub url: String,
    pub scheme: String,
    pub host: String,
    pub port: u16,
    pub path: String,
    pub query_string: String,
    pub query: HashMap<String, String>,
    /// Clones of a context share it: it may be large.
    body: Arc<Vec<u8>>,
}

impl ContextRequest {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set_body_binary(&mut self, data: Vec<u8>) {
        self.body = Arc::new(data);
    }

    /// The body's bytes.
    pub fn body_binary(&self) -> Vec<u8> {
        self.body.to_vec()
    }

    /// The body as text; what is not UTF-8 becomes U+FFFD.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, parsed.
    ///
    /// # Errors
    /// It is no JSON, or none that fits the type.
    pub fn body_json<T>(&mut self) -> Result<T, serde_json::Error>
    where
        T: for<'de> Deserialize<'de>,
    {
        serde_json::from_slice(&self.body)
    }

    /// The parsed JSON if the Content-Type says so, an empty object for an empty body; else the text.
    ///
    /// # Panics
    /// It should be JSON and is none.
    #[track_caller]
    pub fn body(&mut self) -> Value {
        const JSON: &str = "application/json";
        let kind = self.headers.get("content-type").and_then(|kind| kind.get(..JSON.len()));
        if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case(JSON)) {
            return Value::String(self.body_text());
        }
        if self.body.is_empty() {
            return Value::Object(Map::new());
        }
        match self.body_json() {
            Ok(value) => value,
            Err(error) => panic!("the body is no JSON: {error}"),
        }
    }

    /// The old name of `body_binary`.
    #[deprecated(note = "call body_binary()")]
    pub fn body_raw(&self) -> Vec<u8> {
        self.body_binary()
    }
}
