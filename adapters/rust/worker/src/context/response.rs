//! `context.res`, and what a function returns (rules V27 to V31).

use crate::json;
use serde::Serialize;
use std::collections::HashMap;

type Headers = HashMap<String, String>;

/// A function's answer.
#[derive(Clone, Debug)]
pub struct Response {
    pub status_code: u16,
    pub body: Vec<u8>,
    /// Of a header `set-cookie` each line is one of its own.
    pub headers: Headers,
}

impl Response {
    pub fn new() -> Self {
        Self { status_code: 200, body: Vec::new(), headers: Headers::new() }
    }
}

impl Default for Response {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes answers. Without a status it is 200.
#[derive(Clone, Default)]
pub struct ContextResponse;

impl ContextResponse {
    pub fn new() -> Self {
        Self
    }

    /// Text.
    pub fn text<S: Into<String>>(&self, text: S, status_code: Option<u16>, headers: Option<Headers>) -> Response {
        self.binary(text.into().into_bytes(), status_code, headers)
    }

    /// A value as compact JSON.
    ///
    /// # Panics
    /// JSON cannot hold it.
    #[track_caller]
    pub fn json<T: Serialize>(&self, data: T, status_code: Option<u16>, headers: Option<Headers>) -> Response {
        let body = match json::encode(&data) {
            Ok(body) => body,
            Err(reason) => panic!("JSON cannot hold this value: {reason}"),
        };
        self.binary(body, status_code, Some(with(headers, "content-type", "application/json".to_owned())))
    }

    /// Bytes.
    pub fn binary(&self, data: Vec<u8>, status_code: Option<u16>, headers: Option<Headers>) -> Response {
        Response { status_code: status_code.unwrap_or(200), body: data, headers: headers.unwrap_or_default() }
    }

    /// No content.
    pub fn empty(&self) -> Response {
        self.binary(Vec::new(), Some(204), None)
    }

    /// No content, and where to go; 301 unless there is another status.
    pub fn redirect<S: Into<String>>(&self, url: S, status_code: Option<u16>, headers: Option<Headers>) -> Response {
        let status_code = status_code.unwrap_or(301);
        self.binary(Vec::new(), Some(status_code), Some(with(headers, "location", url.into())))
    }

    /// The old name of `text`.
    #[deprecated(note = "call text(), json() or binary()")]
    pub fn send<S: Into<String>>(&self, data: S) -> Response {
        self.text(data, None, None)
    }
}

/// The headers with one more, in place of any of that name.
fn with(headers: Option<Headers>, name: &str, value: String) -> Headers {
    let mut headers = headers.unwrap_or_default();
    headers.retain(|other, _| !other.eq_ignore_ascii_case(name));
    headers.insert(name.to_owned(), value);
    headers
}
