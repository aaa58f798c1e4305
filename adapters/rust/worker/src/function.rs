//! What a function gets and what it makes of it: `main(req: Request, res: Response) -> Response`.

use crate::{frames, json};
use serde::Serialize;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::str;

/// What a function is called with (contract F2): of this request only.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Request {
    pub env: HashMap<String, String>,
    pub headers: HashMap<String, String>,
    pub payload: String,
}

/// The same, under the names of 2022 (contract F8): `req.variables` is `req.env`.
#[derive(Debug)]
#[repr(C)]
pub struct RequestOf2022 {
    pub variables: HashMap<String, String>,
    pub headers: HashMap<String, String>,
    pub payload: String,
}

impl Deref for Request {
    type Target = RequestOf2022;

    fn deref(&self) -> &RequestOf2022 {
        // Both have the same layout, by repr(C): only one name differs.
        unsafe { &*(self as *const Request).cast() }
    }
}

impl DerefMut for Request {
    fn deref_mut(&mut self) -> &mut RequestOf2022 {
        unsafe { &mut *(self as *mut Request).cast() }
    }
}

/// Makes a function's answer: what `send` or `json` returns and the function returns in turn (contract F3, F4).
#[derive(Clone, Debug)]
pub struct Response {
    status: u16,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Nothing,
    Text(String),
    Json(Vec<u8>),
    /// Why this is no answer, with the place that made it.
    Refused(String),
}

impl Default for Response {
    fn default() -> Self {
        Self { status: 200, content: Content::Nothing }
    }
}

impl Response {
    /// Answers with text.
    #[track_caller]
    pub fn send(&self, text: impl AsRef<str>) -> Response {
        let text = text.as_ref();
        // Text made without a check, or by code in another language, may be none.
        match str::from_utf8(text.as_bytes()) {
            Ok(text) => self.with(Content::Text(text.to_owned())),
            Err(_) => self.refused("send takes text, and this is no valid UTF-8"),
        }
    }

    /// Answers with a value as JSON.
    #[track_caller]
    pub fn json(&self, value: impl Serialize) -> Response {
        match json::encode(&value) {
            Ok(body) => self.with(Content::Json(body)),
            Err(reason) => self.refused(&format!("JSON cannot hold this value: {reason}")),
        }
    }

    /// The same answer with another status than 200.
    pub fn status(self, status: u16) -> Response {
        Self { status, ..self }
    }

    fn with(&self, content: Content) -> Response {
        Self { status: self.status, content }
    }

    #[track_caller]
    fn refused(&self, reason: &str) -> Response {
        self.with(Content::Refused(format!("{reason}\n    at {}", Location::caller())))
    }

    /// What the gateway gets for a function that returned this.
    pub(crate) fn frame(&self, id: u32) -> Vec<u8> {
        match &self.content {
            Content::Nothing => frames::silent(id),
            Content::Text(text) => frames::answer(id, self.status, 0, text.as_bytes()),
            Content::Json(body) => frames::answer(id, self.status, 1, body),
            Content::Refused(reason) => frames::error(id, reason),
        }
    }
}
