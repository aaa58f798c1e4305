//! Processes, users and files.

use serde_json::{json, Value};
use std::fs::{self, File, OpenOptions};
use std::io::{Error, Result, Write};
use std::os::unix::process::parent_id;
use std::process::{id, Command, Stdio};
use std::{env, ptr};

const MIB: usize = 1 << 20;
const SIGKILL: i32 = 9;

extern "C" {
    fn getuid() -> u32;
    fn getgid() -> u32;
    fn getgroups(size: i32, groups: *mut u32) -> i32;
    fn kill(pid: i32, signal: i32) -> i32;
}

/// Runs a command of the shell whose output is this function's own.
pub fn shell(command: &str) {
    Command::new("sh").args(["-c", command]).status().unwrap();
}

pub fn sha256(bytes: &[u8]) -> String {
    let mut summing = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    summing.stdin.take().unwrap().write_all(bytes).unwrap();
    let said = String::from_utf8(summing.wait_with_output().unwrap().stdout).unwrap();
    said.split(' ').next().unwrap().to_owned()
}

/// Kills a process, and says what came of it.
pub fn signal(pid: &Value) -> String {
    let target = match pid.as_str() {
        Some("parent") => parent_id() as i32,
        Some("self") => id() as i32,
        _ => pid.as_i64().unwrap() as i32,
    };
    match unsafe { kill(target, SIGKILL) } {
        0 => "sent".to_owned(),
        _ => name(&Error::last_os_error()),
    }
}

pub fn identity() -> Value {
    let folder = env::current_dir().unwrap();
    unsafe {
        let mut groups = vec![0; getgroups(0, ptr::null_mut()) as usize];
        getgroups(groups.len() as i32, groups.as_mut_ptr());
        json!({ "user": getuid(), "group": getgid(), "groups": groups, "folder": folder })
    }
}

pub fn append(path: &str, text: &str) -> Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(text.as_bytes())
}

/// Writes until the folder takes no more, at most so many MiB; keeps nothing.
pub fn fill(path: &str, mib: usize) -> String {
    let block = vec![0; MIB];
    let written = File::create(path).and_then(|mut file| (0..mib).try_for_each(|_| file.write_all(&block)));
    let _ = fs::remove_file(path);
    written.map_or_else(|error| name(&error), |()| "written".to_owned())
}

/// As C calls it.
pub fn name(error: &Error) -> String {
    match error.raw_os_error() {
        Some(1) => "EPERM".to_owned(),
        Some(2) => "ENOENT".to_owned(),
        Some(13) => "EACCES".to_owned(),
        Some(28) => "ENOSPC".to_owned(),
        _ => error.to_string(),
    }
}
