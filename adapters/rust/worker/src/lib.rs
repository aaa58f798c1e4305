//! The Rust worker: it answers the gateway's requests with one function (docs/worker-protocol.md). build.sh compiles it
//! together with the function.

mod frames;
mod function;
mod json;
mod panics;

use std::io::{BufReader, Write};
use std::os::unix::net::UnixStream;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::{env, io, process, thread};

pub use function::{Request, Response};

type Function = fn(Request, Response) -> Response;

const CONCURRENCY: u32 = 32;
const USAGE_ERROR: i32 = 64;
/// As much as a process's first thread has; only what is used of it takes memory.
const STACK_SIZE: usize = 8 << 20;

/// Serves requests with the function until the gateway closes the connection.
pub fn run(function: Function) -> ! {
    let Some(path) = env::var_os("RUNTIME_SOCKET") else {
        eprintln!("runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there");
        process::exit(USAGE_ERROR);
    };
    env::remove_var("RUNTIME_SOCKET");
    panics::record();
    if let Err(error) = UnixStream::connect(path).and_then(|connection| listen(connection, function)) {
        eprintln!("runtime: {error}");
        process::exit(1);
    }
    process::exit(0)
}

/// Takes frames off the connection until its end; every request runs in a thread of its own.
fn listen(connection: UnixStream, function: Function) -> io::Result<()> {
    let wire = Wire(Arc::new(Mutex::new(connection.try_clone()?)));
    wire.write(&frames::ready(CONCURRENCY));
    let mut reader = BufReader::with_capacity(64 << 10, connection);
    while let Some((kind, id, body)) = frames::read(&mut reader)? {
        match kind {
            frames::REQUEST => {
                let wire = wire.clone();
                // Without a thread for it nothing can be answered: this worker ends, and the gateway hands the request,
                // which has not started, to a fresh one.
                thread::Builder::new().stack_size(STACK_SIZE).spawn(move || serve(&wire, function, id, body))?;
            }
            frames::PING => wire.write(&frames::pong(id)),
            _ => {}
        }
    }
    Ok(())
}

/// Calls the function and says how it ended.
fn serve(wire: &Wire, function: Function, id: u32, body: Vec<u8>) {
    let Some(request) = frames::request(&body) else {
        return wire.write(&frames::error(id, "malformed frame"));
    };
    drop(body);
    wire.write(&frames::started(id));
    panics::expect_here();
    let end = catch_unwind(AssertUnwindSafe(|| function(request, Response::default())));
    wire.write(&match end {
        Ok(response) => response.frame(id),
        Err(thrown) => frames::error(id, &panics::describe(thrown)),
    });
}

/// The connection's writing end; each frame is written at once and whole.
#[derive(Clone)]
struct Wire(Arc<Mutex<UnixStream>>);

impl Wire {
    /// A gateway that is gone ends the process where it reads.
    fn write(&self, frame: &[u8]) {
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(frame);
    }
}
