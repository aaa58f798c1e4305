use crate::{Request, Response};
use serde_json::json;

pub fn main(req: Request, res: Response) -> Response {
    res.json(json!({
        "normal": "Hello World!",
        "env1": req.env.get("ENV1"),
        "payload": req.payload,
    }))
}
