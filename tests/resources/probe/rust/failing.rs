//! What can go wrong in a function.

use super::Options;
use crate::Response;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use std::collections::HashMap;
use std::hint::black_box;
use std::panic::panic_any;

#[derive(Debug)]
struct CustomError(#[allow(dead_code)] &'static str);

/// Has no text, and fails once more when it is dropped.
struct Unprintable;

impl Drop for Unprintable {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

/// Panics in the way that the kind names.
pub fn throw(res: &Response, options: &Options) -> Response {
    res.send("answered before the error");
    match options.text("kind", "error") {
        "error" => panic!("{}", options.text("text", "probe error")),
        "custom" => Err::<Response, _>(CustomError("custom text")).unwrap(),
        "first" | "second" => panic_either(black_box(options.text("kind", "")) == "first"),
        "string" => panic_any("a string"),
        "index" => panic!("{}", Vec::<u8>::new()[black_box(7)]),
        "divide" => panic!("{}", 1 / black_box(0)),
        "recursion" => panic!("{}", recurse(0)),
        "odd" => panic!("odd \0\u{202e}\u{fffd} text"),
        "long" => panic!("{}", "x".repeat(1_000_000)),
        "unprintable" => panic_any(Unprintable),
        unknown => panic!("the probe knows no kind {unknown}"),
    }
}

/// Two places that a compiler may take for one.
fn panic_either(first: bool) -> ! {
    if first {
        panic_any("side by side")
    }
    panic_any("side by side, too")
}

fn recurse(depth: u64) -> u64 {
    if black_box(true) {
        black_box(recurse(depth + 1)) + 1
    } else {
        depth
    }
}

/// A value that holds itself.
struct Cycle;

impl Serialize for Cycle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(1))?;
        list.serialize_element(self)?;
        list.end()
    }
}

pub fn unserialisable(res: &Response, options: &Options) -> Response {
    match options.text("kind", "") {
        "nan" => res.json(HashMap::from([("value", f64::NAN)])),
        "infinity" => res.json([f32::INFINITY]),
        "cycle" => res.json(Cycle),
        // Functions are nothing that serde takes: the compiler refuses them. It takes keys that JSON cannot hold.
        "function" => res.json(HashMap::from([([1, 2], "a list is no key")])),
        unknown => panic!("the probe knows no kind {unknown}"),
    }
}
