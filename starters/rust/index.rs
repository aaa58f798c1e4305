use crate::{Request, Response};
use serde_json::{json, Value};

pub fn main(req: Request, res: Response) -> Response {
    let payload = if req.payload.is_empty() {
        "{}"
    } else {
        &req.payload
    };
    let Ok(Value::Object(given)) = serde_json::from_str(payload) else {
        let error = r#"send a JSON object, such as {"name": "you"}"#;
        return res.json(json!({ "error": error })).status(400);
    };
    let greeting = req.env.get("GREETING").map_or("Hello", String::as_str);
    let name = given.get("name").and_then(Value::as_str).unwrap_or("World");
    let client = req.headers.get("user-agent");
    let client = client.map_or("unknown", String::as_str);
    res.json(json!({ "message": format!("{greeting}, {name}!"), "client": client }))
}
