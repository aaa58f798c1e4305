use crate::{Request, Response};
use serde_json::{json, Value};

pub fn main(req: Request, res: Response) -> Response {
    let payload = if req.payload.is_empty() { "{}" } else { &req.payload };
    let given: Value = serde_json::from_str(payload).unwrap();
    let greeting = req.variables.get("GREETING").map_or("Hello", String::as_str);
    let name = given["name"].as_str().unwrap_or("World");
    println!("greeting {name}");
    res.json(json!({ "message": format!("{greeting}, {name}!"), "client": req.headers.get("user-agent") }))
}
