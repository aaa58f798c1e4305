//! The entries of a request's log files (rules V13 to V16).

use super::frames;
use crate::Wire;
use serde_json::Value;
use std::ffi::c_void;
use std::fmt::Debug;
use std::io::{self, Write};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

extern "C" {
    fn fflush(stream: *mut c_void) -> i32;
}

/// What can be an entry.
pub trait LogMessage {
    fn to_log_string(&self) -> String;
}

macro_rules! written_as_text {
    ($($type:ty)*) => { $(impl LogMessage for $type {
        fn to_log_string(&self) -> String {
            self.to_string()
        }
    })* };
}

macro_rules! written_as_json {
    ($($type:ty)*) => { $(impl LogMessage for $type {
        fn to_log_string(&self) -> String {
            serde_json::to_string(self).unwrap_or_else(|_| format_log_message(self))
        }
    })* };
}

written_as_text! { &str String bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }
written_as_json! { Value Vec<&str> Vec<String> }

/// A value as Rust's `{:?}` writes it.
pub fn format_log_message(value: &dyn Debug) -> String {
    format!("{value:?}")
}

/// Which of the two files an entry is for.
#[derive(Clone)]
pub enum LoggerType {
    Log,
    Error,
}

/// Where a context's entries go. One that no request came with, as in a function's own tests, goes nowhere.
#[derive(Clone)]
pub struct Logger {
    /// The request's files are the gateway's, and so is their name.
    pub id: String,
    call: Arc<Mutex<Option<Call>>>,
}

/// A request that has not ended, and its way to the gateway.
struct Call {
    id: u32,
    wire: Arc<Wire>,
}

impl Logger {
    /// A logger without a request.
    ///
    /// # Errors
    /// None: it is the package's signature.
    pub fn new(_logging: &str, log_id: Option<String>) -> Result<Self, String> {
        Ok(Self { id: log_id.unwrap_or_default(), call: Arc::default() })
    }

    pub(super) fn of_call(id: u32, wire: &Arc<Wire>, wanted: bool) -> Self {
        let call = wanted.then(|| Call { id, wire: wire.clone() });
        Self { id: String::new(), call: Arc::new(Mutex::new(call)) }
    }

    /// Adds an entry. What the function prints itself is the gateway's to notice, so nothing is said of it here.
    pub fn write(&self, messages: Vec<String>, log_type: LoggerType, _native: bool) {
        self.tell(log_type, &messages.join(" "));
    }

    pub(super) fn tell(&self, kind: LoggerType, text: &str) {
        // Locked until it is written: after the call's end nothing may follow (V34).
        if let Some(call) = &*self.call.lock().unwrap_or_else(PoisonError::into_inner) {
            flush(); // what was printed before stands before it
            let stream = match kind {
                LoggerType::Log => frames::LOGS,
                LoggerType::Error => frames::ERRORS,
            };
            call.wire.write(&frames::log(call.id, stream, text));
        }
    }

    /// Nothing is to be done: the gateway reads what is printed.
    pub fn override_native_logs(&mut self) {}

    /// As [`Logger::override_native_logs`].
    pub fn revert_native_logs(&mut self) {}

    /// What comes later belongs to no request.
    pub fn end(&self) {
        *self.call.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Hands over what was printed, also by libraries in C, which keep it back.
pub(super) fn flush() {
    let _ = io::stdout().flush();
    unsafe { fflush(ptr::null_mut()) };
}
