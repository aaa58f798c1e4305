use crate::index::main;
use crate::{Request, Response};
use serde_json::json;
use std::collections::HashMap;

fn call(payload: &str, env: HashMap<String, String>) -> Response {
    let headers = HashMap::from([("user-agent".into(), "test".into())]);
    main(Request { env, headers, payload: payload.into() }, Response::default())
}

#[test]
fn greets_whoever_is_named() {
    let answer = call(r#"{"name": "you"}"#, HashMap::from([("GREETING".into(), "Good day".into())]));
    assert_eq!(answer.value, json!({ "message": "Good day, you!", "client": "test" }));
    assert_eq!(answer.status, 200);
}

#[test]
fn refuses_what_is_no_object() {
    for payload in ["no JSON", "[1]"] {
        assert_eq!(call(payload, HashMap::new()).status, 400, "{payload}");
    }
}
