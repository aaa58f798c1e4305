//! What a panic says: its text, and where in the function's own files it came from (contract E2).

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::fmt::Write;
use std::{env, mem, panic};

/// In bytes; leaves room for the stack trace in the 8 KiB of a message.
const TEXT_LIMIT: usize = 4000;
/// The most stack frames shown.
const FRAME_LIMIT: usize = 30;

thread_local! {
    /// In a request's thread, the trace of its last panic; in others, none.
    static TRACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on panics of the request in this thread are described, not printed.
pub fn expect_here() {
    TRACE.set(Some(String::new()));
}

/// Notes each panic's trace while its stack is still there.
pub fn record() {
    let folder = env::current_dir().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if TRACE.with_borrow(Option::is_none) {
            return print(info);
        }
        let mut trace = own_frames(&format!("{:#}", Backtrace::force_capture()), &folder);
        if let (true, Some(place)) = (trace.is_empty(), info.location()) {
            trace = format!("\n    at {place}");
        }
        TRACE.set(Some(trace));
    }));
}

/// The frames of the function's own files. In a backtrace's text a line with the place follows that with the name:
/// `  3:     0x7f5e - runtime::function::main` and then `at /usr/code/index.rs:7:5`. Only the long form (`{:#}`) has
/// whole paths.
fn own_frames(backtrace: &str, folder: &str) -> String {
    let lines: Vec<&str> = backtrace.lines().map(str::trim).collect();
    let mut frames = String::new();
    let own = lines.windows(2).filter_map(|pair| {
        let place = pair[1].strip_prefix("at ").filter(|place| place.starts_with(folder))?;
        Some((pair[0].split_once(" - ").map_or("…", |(_, name)| name), place))
    });
    for (name, place) in own.take(FRAME_LIMIT) {
        let _ = write!(frames, "\n    at {} ({place})", name.trim_start_matches("runtime::"));
    }
    frames
}

/// Text and trace of what was thrown in this thread.
pub fn describe(thrown: Box<dyn Any + Send>) -> String {
    let text = match thrown.downcast::<String>() {
        Ok(text) => *text,
        Err(thrown) => match thrown.downcast::<&str>() {
            Ok(text) => (*text).to_owned(),
            Err(thrown) => {
                mem::forget(thrown); // its destructor may panic, too
                "Box<dyn Any>".to_owned()
            }
        },
    };
    let end = (0..=TEXT_LIMIT.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!("panic: {}{}", &text[..end], TRACE.take().unwrap_or_default())
}
