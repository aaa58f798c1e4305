//! What an executor asks of a function.

use openruntimes::{Context, Response};
use serde_json::json;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::time::Duration;
use std::{env, fs, process, thread};

pub fn main(context: Context) -> Response {
    let (req, res) = (&context.req, &context.res);
    context.log(format!("called {} {} {}", req.method, req.path, greeting::TEXT));
    match req.path.as_str() {
        "/sleep" => thread::sleep(Duration::from_secs(30)),
        "/crash" => {
            let own = process::id().to_string();
            let _ = process::Command::new("bash").args(["-c", &format!("kill -KILL {own}")]).status();
        }
        "/echo" => {
            let made = ("x-made-by".to_owned(), "a function".to_owned());
            return res.binary(req.body_binary(), Some(201), Some([made].into()));
        }
        "/write" => {
            fs::write("/tmp/written", "").unwrap();
            if fs::write("/mnt/logs/forged_logs.log", "").is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) {
                context.error("EACCES");
            }
        }
        _ => {}
    }
    let seen = json!({
        "env": env::vars().collect::<HashMap<_, _>>(), "headers": req.headers, "folder": env::current_dir().unwrap(),
        "body": req.body_text(), "url": req.url,
    });
    res.json(seen, None, None)
}
