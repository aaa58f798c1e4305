//! What a function is called with, for editors and tests. The runtime has types of its own, with these names.

use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

#[derive(Clone, Debug, Default)]
pub struct Request {
    pub env: HashMap<String, String>,
    pub headers: HashMap<String, String>,
    pub payload: String,
}

#[derive(Clone, Debug, Default)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) value: Value,
}

impl Response {
    /// Answers with text.
    pub fn send(&self, text: impl AsRef<str>) -> Response {
        self.json(text.as_ref())
    }

    /// Answers with a value as JSON.
    pub fn json(&self, value: impl Serialize) -> Response {
        Response {
            status: 200,
            value: serde_json::to_value(value).expect("JSON can hold it"),
        }
    }

    /// The same answer with another status than 200.
    pub fn status(self, status: u16) -> Response {
        Response { status, ..self }
    }
}
