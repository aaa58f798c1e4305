//! Processes, signals and files.

use super::{until_error, MIB};
use crate::Response;
use serde_json::{json, Value};
use std::fs::File;
use std::io::{Error, Result, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

extern "C" {
    fn getuid() -> u32;
    fn getgid() -> u32;
    fn kill(pid: i32, signal: i32) -> i32;
    fn setsid() -> i32;
}

pub fn identity() -> Value {
    unsafe { json!({ "uid": getuid(), "gid": getgid() }) }
}

pub fn signal(pid: i64, number: i64) {
    if unsafe { kill(pid as i32, number as i32) } != 0 {
        panic!("{}", Error::last_os_error());
    }
}

/// Leaves a process of its own behind.
pub fn start_sleeper() -> Result<Child> {
    let in_a_session_of_its_own = || {
        unsafe { setsid() };
        Ok(())
    };
    unsafe { Command::new("sleep").arg("60").pre_exec(in_a_session_of_its_own) }.spawn()
}

pub fn fill(res: &Response, path: &str, mib: usize) -> Response {
    let mut file = File::create(path).unwrap();
    let block = vec![b'x'; MIB];
    let mut written = 0;
    let (_, error) = until_error(mib, || {
        written += file.write(&block)?;
        Ok(())
    });
    res.json(json!({ "written": written, "error": error }))
}
