use crate::index::main;
use crate::{Request, Response};
use serde_json::json;
use std::collections::HashMap;

fn call(payload: &str, env: HashMap<String, String>) -> Response {
    let headers = HashMap::from([("user-agent".into(), "test".into())]);
    let request = Request {
        env,
        headers,
        payload: payload.into(),
    };
    main(request, Response::default())
}

#[test]
fn greets_whoever_is_named() {
    let env = HashMap::from([("GREETING".into(), "Good day".into())]);
    let answer = call(r#"{"name": "you"}"#, env);
    let expected = json!({ "message": "Good day, you!", "client": "test" });
    assert_eq!(answer.value, expected);
    assert_eq!(answer.status, 200);
}

#[test]
fn refuses_what_is_no_object() {
    for payload in ["no JSON", "[1]"] {
        assert_eq!(call(payload, HashMap::new()).status, 400, "{payload}");
    }
}
