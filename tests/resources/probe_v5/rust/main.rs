//! The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).

mod logging;
mod processes;
mod values;

use openruntimes::{Context, Response};
use serde_json::{json, Value};
use std::{env, process, thread, time::Duration};
use values::{headers, number, seconds, status, text};

pub fn main(mut context: Context) -> Response {
    let given: Value = serde_json::from_str(&header(&context, "x-with", "{}")).unwrap();
    let res = context.res.clone();
    match header(&context, "x-action", "seen").as_str() {
        "seen" => values::seen(&context),
        "body" => values::body(&mut context),
        "body-json" => match context.req.body_json::<Value>() {
            Ok(value) => res.json(json!({ "value": value }), None, None),
            Err(error) => panic!("the body is no JSON: {error}"),
        },
        "echo" => {
            let kind = ("content-type".to_owned(), "application/octet-stream".to_owned());
            res.binary(context.req.body_binary(), None, Some([kind].into()))
        }
        "text" => res.text(text(&given, "text", "text"), status(&given), headers(&given)),
        "json" => res.json(&given["value"], status(&given), headers(&given)),
        "binary" => res.binary((0..=255).collect(), None, None),
        "empty" => res.empty(),
        "redirect" => res.redirect(text(&given, "url", ""), status(&given), None),
        #[allow(deprecated)]
        "send" => res.send(values::as_text(&given["body"])),
        "big" => res.binary(vec![b'x'; number(&given, "bytes")], None, None),
        "many-headers" => {
            let value = "v".repeat(number(&given, "size"));
            let many = (0..number(&given, "number")).map(|at| (format!("x-{at}"), value.clone()));
            res.text("text", None, Some(many.collect()))
        }
        "not-returned" => {
            res.text("first", Some(201), None);
            res.text("second", None, None)
        }
        "throws" => values::throw(&context),
        "log" => logging::entries(&context, &given),
        "values" => logging::values(&context),
        "prints" => logging::prints(&context),
        "flood" => logging::flood(&context, &given),
        "mixed" => logging::mixed(&context, &given),
        "late" => logging::late(&context),
        "child" => {
            processes::shell(text(&given, "command", ""));
            res.text("ended", None, None)
        }
        "sleep" => {
            values::texts(&given, "logs").for_each(|each| context.log(each));
            thread::sleep(seconds(&given));
            context.log("too late");
            res.text(text(&given, "text", "slept"), None, None)
        }
        "spin" => {
            context.log("before");
            loop {
                std::hint::spin_loop();
            }
        }
        "exit" => {
            context.log("before");
            process::exit(given["code"].as_i64().unwrap() as i32)
        }
        "abort" => {
            context.log("before");
            process::abort()
        }
        "signal" => {
            let said = processes::signal(&given["pid"]);
            thread::sleep(Duration::from_millis(50));
            res.text(said, None, None)
        }
        "environment" => res.json(env::vars().collect::<std::collections::HashMap<_, _>>(), None, None),
        "identity" => res.json(processes::identity(), None, None),
        "read" => match std::fs::read(text(&given, "path", "")) {
            Ok(bytes) => res.binary(bytes, None, None),
            Err(error) => res.text(processes::name(&error), Some(403), None),
        },
        "write" => match processes::append(text(&given, "path", ""), text(&given, "text", "")) {
            Ok(()) => res.text("written", None, None),
            Err(error) => res.text(processes::name(&error), Some(403), None),
        },
        "fill" => res.text(processes::fill(text(&given, "path", ""), number(&given, "mib")), None, None),
        unknown => panic!("there is no such action: {unknown}"),
    }
}

fn header(context: &Context, name: &str, otherwise: &str) -> String {
    context.req.headers.get(name).map_or(otherwise, String::as_str).to_owned()
}
