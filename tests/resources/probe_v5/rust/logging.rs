//! What goes to the log files.

use crate::processes;
use crate::values::{number, text, texts};
use openruntimes::{Context, Response};
use serde_json::{json, Value};
use std::time::Duration;
use std::thread;

pub fn entries(context: &Context, given: &Value) -> Response {
    texts(given, "prints").for_each(|each| println!("{each}"));
    texts(given, "logs").for_each(|each| context.log(each));
    texts(given, "errors").for_each(|each| context.error(each));
    context.res.text("logged", None, None)
}

pub fn values(context: &Context) -> Response {
    context.log_multiple(["one", "2", "true", "naïve 🎉"].map(str::to_owned).to_vec());
    context.log(2);
    context.log(1.5);
    context.log(true);
    context.log(json!({ "a": [1, "b"] }));
    context.log(json!([1, { "c": null }]));
    context.log(vec!["d"]);
    context.error_multiple(vec!["logged:".to_owned(), format!("{:?}", "no number".parse::<u8>())]);
    context.res.text("logged", None, None)
}

pub fn prints(context: &Context) -> Response {
    println!("printed 1");
    context.log("logged 2");
    eprintln!("printed 3");
    println!("printed 4\nprinted 5");
    context.res.text("printed", None, None)
}

/// `entries` entries of `characters` characters, by log or print.
pub fn flood(context: &Context, given: &Value) -> Response {
    let entry = "é".repeat(number(given, "characters"));
    for _ in 0..number(given, "entries") {
        match text(given, "how", "") {
            "print" => println!("{entry}"),
            _ => context.log(entry.as_str()),
        }
    }
    context.res.text("logged", None, None)
}

/// Lines by the API, by print and by a child process, with sleeps between.
pub fn mixed(context: &Context, given: &Value) -> Response {
    let name = text(given, "name", "");
    for line in 0..number(given, "lines") {
        context.log(format!("{name} log {line}"));
        thread::sleep(Duration::from_millis(line as u64 % 3));
        println!("{name} print {line}");
        if line % 10 == 0 {
            processes::shell(&format!(
                r#"for n in 0 1 2 3 4 5 6 7 8 9; do echo "{name} child $(({line} + n))"; done"#
            ));
        }
        context.error(format!("{name} error {line}"));
    }
    context.res.text(name, None, None)
}

pub fn late(context: &Context) -> Response {
    let later = context.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        later.log("late");
        println!("late, printed");
    });
    context.res.text("answered", None, None)
}
