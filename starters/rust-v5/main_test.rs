use crate::main;
use openruntimes::{Context, Logger, Response};
use serde_json::{json, Value};
use std::env;

fn call(body: &str) -> Response {
    let mut context = Context::new(Logger::new("disabled", None).unwrap());
    context.req.method = "POST".into();
    context.req.path = "/".into();
    context.req.headers = [("user-agent".into(), "test".into())].into();
    context.req.set_body_binary(body.into());
    main(context)
}

#[test]
fn greets_whoever_is_named() {
    env::set_var("GREETING", "Good day");
    let answer = call(r#"{"name": "you"}"#);
    env::remove_var("GREETING");
    let value: Value = serde_json::from_slice(&answer.body).unwrap();
    let expected = json!({ "message": "Good day, you!", "client": "test" });
    assert_eq!(value, expected);
    assert_eq!(answer.status_code, 200);
}

#[test]
fn refuses_what_is_no_object() {
    for body in ["no JSON", "[1]"] {
        assert_eq!(call(body).status_code, 400, "{body}");
    }
}
