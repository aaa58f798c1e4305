// The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
use openruntimes::{Context, Response};
use serde_json::json;

pub fn main(context: Context) -> Response {
    context.log(format!("{} {}", context.req.method, context.req.path));
    context.res.json(json!({ "normal": "Hello World!", "path": context.req.path }), None, None)
}
