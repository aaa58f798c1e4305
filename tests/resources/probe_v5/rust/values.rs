//! What the request has, and the parameters of actions.

use crate::processes;
use openruntimes::{Context, Response};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::time::Duration;

pub fn seen(context: &Context) -> Response {
    let req = &context.req;
    let body = req.body_binary();
    let seen = json!({
        "method": req.method, "scheme": req.scheme, "host": req.host, "port": req.port, "path": req.path,
        "queryString": req.query_string, "url": req.url, "query": req.query, "headers": req.headers,
        "size": body.len(), "sha256": processes::sha256(&body),
    });
    context.res.json(seen, None, None)
}

pub fn body(context: &mut Context) -> Response {
    let body = context.req.body();
    #[allow(deprecated)]
    let raw = String::from_utf8(context.req.body_raw()).unwrap();
    let kind = if body.is_string() { "string" } else { "object" };
    let forms = json!({ "kind": kind, "body": body, "text": context.req.body_text(), "raw": raw });
    context.res.json(forms, None, None)
}

pub fn throw(context: &Context) -> Response {
    context.log("before");
    panic!("TypeError: on purpose")
}

pub fn text<'a>(given: &'a Value, name: &str, otherwise: &'a str) -> &'a str {
    given[name].as_str().unwrap_or(otherwise)
}

pub fn texts<'a>(given: &'a Value, name: &str) -> impl Iterator<Item = &'a str> {
    given[name].as_array().into_iter().flatten().filter_map(Value::as_str)
}

pub fn number(given: &Value, name: &str) -> usize {
    given[name].as_u64().unwrap() as usize
}

pub fn seconds(given: &Value) -> Duration {
    Duration::from_secs_f64(given["seconds"].as_f64().unwrap())
}

pub fn status(given: &Value) -> Option<u16> {
    given["status"].as_u64().map(|status| status as u16)
}

/// The parameter of that name. Several values of one header, as cookies have them, are lines.
pub fn headers(given: &Value) -> Option<HashMap<String, String>> {
    let headers = given["headers"].as_object()?;
    Some(headers.iter().map(|(name, value)| (name.clone(), as_text(value))).collect())
}

pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(as_text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}
