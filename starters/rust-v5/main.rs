#[cfg(test)]
mod main_test;

use openruntimes::{Context, Response};
use serde_json::{json, Value};
use std::env;

pub fn main(context: Context) -> Response {
    let req = &context.req;
    context.log(format!("called with {} {}", req.method, req.path));
    let body = req.body_text();
    let body = if body.is_empty() { "{}" } else { &body };
    let Ok(Value::Object(given)) = serde_json::from_str(body) else {
        let error = r#"send a JSON object, such as {"name": "you"}"#;
        return context.res.json(json!({ "error": error }), Some(400), None);
    };
    let greeting = env::var("GREETING").unwrap_or_else(|_| "Hello".into());
    let name = given.get("name").and_then(Value::as_str).unwrap_or("World");
    let client = req.headers.get("user-agent");
    let client = client.map_or("unknown", String::as_str);
    let answer = json!({ "message": format!("{greeting}, {name}!"), "client": client });
    context.res.json(answer, None, None)
}
