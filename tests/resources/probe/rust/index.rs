//! The probe: it does whatever the payload's action says (tests/resources/probe/README.md).

mod failing;
mod processes;

use crate::{Request, Response};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::io::Write;
use std::time::{Duration, Instant};
use std::{env, fs, panic, process, thread};

/// How long after the function's end something still happens.
const LATE: Duration = Duration::from_millis(50);
const MIB: usize = 1 << 20;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// The payload's parameters, with their defaults.
pub struct Options(Value);

impl Options {
    fn text<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        self.0[name].as_str().unwrap_or(otherwise)
    }

    fn number(&self, name: &str, otherwise: i64) -> i64 {
        self.0[name].as_i64().unwrap_or(otherwise)
    }

    fn size(&self, name: &str, otherwise: i64) -> usize {
        usize::try_from(self.number(name, otherwise)).unwrap()
    }

    fn seconds(&self) -> Duration {
        Duration::from_secs_f64(self.0["seconds"].as_f64().unwrap_or(1.0))
    }
}

/// Finds the action and takes it.
pub fn main(mut req: Request, res: Response) -> Response {
    let options = Options(serde_json::from_str(&req.payload).unwrap_or_default());
    match options.text("action", "answer") {
        "answer" => everything(&req, &res),
        "text" => res.send(options.text("text", "Hello")),
        "json" => res.json(&options.0["value"]),
        "both" => {
            res.send("first");
            res.json(json!({ "last": true }))
        }
        "none" => res,
        "twice" => {
            res.send("first");
            res.send("second")
        }
        "late" => {
            let later = res.clone();
            thread::spawn(move || {
                thread::sleep(LATE);
                later.send("too late");
            });
            res.send("in time")
        }
        "late_error" => {
            thread::spawn(|| {
                thread::sleep(LATE);
                panic!("late probe error");
            });
            res.send("in time")
        }
        "status" => {
            let wanted = options.number("status", 200);
            let status = u16::try_from(wanted).unwrap_or_else(|_| panic!("the status {wanted} is no u16"));
            res.send("status").status(status)
        }
        // Nothing in safe Rust makes such text; what comes from other languages may.
        "bytes" => res.send(unsafe { std::str::from_utf8_unchecked(black_box(&[0xff, 0xfe])) }),
        "unserialisable" => failing::unserialisable(&res, &options),
        "big" => res.send("x".repeat(options.size("bytes", 0))),
        "mutate" => {
            req.env.insert("MUTATED".into(), "yes".into());
            req.headers.insert("mutated".into(), "yes".into());
            req.payload = "mutated".into();
            everything(&req, &res)
        }
        "proto" => res.json(json!({ "value": req.env.get("__proto__") })),
        "counter" => res.json(json!({ "counter": COUNT.fetch_add(1, Ordering::SeqCst) + 1 })),
        "pid" => res.json(json!({ "pid": process::id() })),
        "uid" => res.json(processes::identity()),
        "environ" => res.json(environ()),
        "read" => res.send(String::from_utf8_lossy(&fs::read(options.text("path", "")).unwrap())),
        "throw" => failing::throw(&res, &options),
        "sleep" => {
            thread::sleep(options.seconds());
            res.send("slept")
        }
        "block" => {
            thread::sleep(options.seconds());
            res.send("blocked")
        }
        "spin" => {
            let start = Instant::now();
            while options.0["seconds"].is_null() || start.elapsed() < options.seconds() {}
            res.send("spun")
        }
        "exit" => process::exit(options.number("code", 0) as i32),
        "abort" => {
            if !options.0["line"].is_null() {
                let begun = fs::OpenOptions::new().append(true).create(true).open("/tmp/begun");
                writeln!(begun.unwrap(), "{}", options.text("line", "")).unwrap();
            }
            process::abort()
        }
        "kill" => {
            processes::signal(options.number("pid", 0), options.number("signal", 9));
            res.send("killed")
        }
        "spawn" => res.json(json!({ "pid": processes::start_sleeper().unwrap().id() })),
        "forks" => {
            let (started, error) = until_error(options.size("count", 200), || processes::start_sleeper().map(drop));
            res.json(json!({ "started": started, "error": error }))
        }
        "descriptors" => {
            let (opened, error) = until_error(options.size("count", 100_000), || {
                fs::File::open("/dev/null").map(std::mem::forget)
            });
            res.json(json!({ "opened": opened, "error": error }))
        }
        "allocate" => {
            let held: Vec<Vec<u8>> = (0..options.size("mib", 1)).map(|_| vec![b'x'; MIB]).collect();
            res.send(if held.is_empty() { "nothing" } else { "allocated" })
        }
        "fill" => processes::fill(&res, options.text("path", "/tmp/filled"), options.size("mib", 1024)),
        "print" => {
            print(&options);
            res.send("printed")
        }
        "tamper" => {
            env::set_current_dir("/").unwrap();
            env::vars_os().for_each(|(name, _)| env::remove_var(name));
            env::set_var("TZ", "Pacific/Kiritimati");
            panic::set_hook(Box::new(|_| {}));
            res.send("tampered")
        }
        unknown => panic!("the probe knows no action {unknown}"),
    }
}

fn everything(req: &Request, res: &Response) -> Response {
    res.json(json!({ "env": req.env, "payload": req.payload, "headers": req.headers }))
}

fn environ() -> HashMap<String, String> {
    let pairs = env::vars_os();
    pairs.map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())).collect()
}

fn print(options: &Options) {
    for number in 1..=options.number("lines", 1) {
        let line = format!("line {number} ");
        let line = options.text("text", &line);
        let line = format!("{line:x<width$}", width = options.size("bytes", 0));
        match options.text("stream", "stdout") {
            "stderr" => eprintln!("{}", line.trim_end()),
            _ => println!("{}", line.trim_end()),
        }
    }
}

/// Does the work so many times, or until it fails; the error is its text.
pub fn until_error(times: usize, mut work: impl FnMut() -> std::io::Result<()>) -> (usize, Option<String>) {
    for done in 0..times {
        if let Err(error) = work() {
            return (done, Some(error.to_string()));
        }
    }
    (times, None)
}
