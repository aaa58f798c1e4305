//! The Rust worker: it answers the gateway's requests with one function (docs/worker-protocol.md). build.sh compiles it
//! together with the function.

#[cfg(feature = "context")]
pub mod context;
mod frames;
mod function;
mod json;
mod panics;
mod turns;

use std::io::{self, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::{env, process, thread};
use turns::{Bell, Turns};

pub use function::{Request, Response};

type Function = fn(Request, Response) -> Response;

const CONCURRENCY: u32 = 32;
/// The longest frame that waits to be written with another one.
const SMALL: usize = 16 << 10;
const USAGE_ERROR: i32 = 64;
/// As much as a process's first thread has; only what is used of it takes memory.
const STACK_SIZE: usize = 8 << 20;

/// The parameter that says from which size on blocks go back to the system at once: kept for each thread, they would add up.
#[cfg(target_env = "gnu")]
const M_MMAP_THRESHOLD: i32 = -3;

#[cfg(target_env = "gnu")]
extern "C" {
    fn mallopt(parameter: i32, value: i32) -> i32;
}

/// Serves requests with the function until the gateway closes the connection.
pub fn run(function: Function) -> ! {
    connected().and_then(|connection| begin(connection, function)).unwrap_or_else(|error| fail(&error));
    loop {
        thread::park(); // functions run only in threads that may end
    }
}

/// The connection to the gateway, and what a process does before user code runs.
fn connected() -> io::Result<UnixStream> {
    let Some(path) = env::var_os("RUNTIME_SOCKET") else {
        eprintln!("runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there");
        process::exit(USAGE_ERROR);
    };
    env::remove_var("RUNTIME_SOCKET");
    #[cfg(target_env = "gnu")]
    unsafe {
        mallopt(M_MMAP_THRESHOLD, 256 << 10);
    }
    panics::record();
    UnixStream::connect(path)
}

fn begin(connection: UnixStream, function: Function) -> io::Result<()> {
    let wire = Wire::new(connection.try_clone()?);
    wire.write(&frames::ready(CONCURRENCY));
    let source = BufReader::with_capacity(64 << 10, connection);
    start(Arc::new(Worker { function, wire, turns: Turns::new(source, CONCURRENCY as usize) }))
}

/// Starts one more thread that serves requests.
fn start(worker: Arc<Worker>) -> io::Result<()> {
    thread::Builder::new().stack_size(STACK_SIZE).spawn(move || worker.work()).map(drop)
}

fn fail(error: &io::Error) -> ! {
    eprintln!("runtime: {error}");
    process::exit(1)
}

/// What all threads share.
struct Worker {
    function: Function,
    wire: Wire,
    /// At reading requests.
    turns: Turns<BufReader<UnixStream>>,
}

impl Worker {
    /// Serves requests, one after the other. As many threads do that as requests run, and one that waits for the next.
    fn work(self: Arc<Self>) {
        let bell = Bell::default();
        // The last answer: it goes out with what says that the next request has started, if that has arrived already.
        let mut held = Vec::new();
        self.turns.arrive();
        while let Some(mut source) = self.next_turn(&bell, &mut held) {
            let (id, body) = match self.next_request(&mut source, &mut held) {
                Ok(Some(request)) => request,
                Ok(None) => process::exit(0),
                Err(error) => fail(&error),
            };
            let waiting = frames::waiting(source.buffer());
            for _ in 0..self.turns.pass(source, waiting) {
                let Err(error) = start(self.clone()) else { continue };
                // Without a thread that reads nothing can be answered: this worker ends, and the gateway hands the
                // request, which has not started, to a fresh one.
                if self.turns.arrive() == 0 {
                    self.wire.release(&mut held);
                    fail(&error);
                }
            }
            self.serve(id, body, &mut held);
            self.turns.finish();
        }
    }

    /// Waits for this thread's turn, with nothing held. None if this thread should end.
    fn next_turn(&self, bell: &Bell, held: &mut Vec<u8>) -> Option<BufReader<UnixStream>> {
        self.turns.take_now().or_else(|| {
            self.wire.release(held);
            self.turns.take(bell)
        })
    }

    /// Takes frames off the connection until one is a request; none at the connection's end.
    fn next_request(&self, source: &mut BufReader<UnixStream>, held: &mut Vec<u8>) -> io::Result<Option<(u32, Vec<u8>)>> {
        loop {
            if frames::waiting(source.buffer()) == 0 {
                self.wire.release(held); // reading may take time
            }
            let Some((kind, id, body)) = frames::read(source)? else { return Ok(None) };
            match kind {
                frames::REQUEST => return Ok(Some((id, body))),
                frames::PING => self.wire.write(&frames::pong(id)),
                _ => {}
            }
        }
    }

    /// Calls the function and says how it ended.
    fn serve(&self, id: u32, body: Vec<u8>, held: &mut Vec<u8>) {
        let Some(request) = frames::request(&body) else {
            return self.wire.hold(held, frames::error(id, "malformed frame"));
        };
        drop(body);
        self.wire.hold(held, frames::started(id));
        self.wire.release(held); // before the function runs
        panics::expect_here();
        let end = catch_unwind(AssertUnwindSafe(|| (self.function)(request, Response::default())));
        let answer = match end {
            Ok(response) => response.frame(id),
            Err(thrown) => frames::error(id, &panics::describe(thrown)),
        };
        self.wire.hold(held, answer);
    }
}

/// The connection's writing end; each frame is written at once and whole.
struct Wire(Mutex<UnixStream>);

impl Wire {
    fn new(connection: UnixStream) -> Self {
        Self(Mutex::new(connection))
    }

    /// Adds a frame to those that are to be written together. A large one is not copied for that.
    fn hold(&self, held: &mut Vec<u8>, frame: Vec<u8>) {
        if frame.len() > SMALL {
            self.release(held);
            self.write(&frame);
        } else {
            held.extend(frame);
        }
    }

    /// Writes what is held.
    fn release(&self, held: &mut Vec<u8>) {
        if !held.is_empty() {
            self.write(held);
            held.clear();
        }
    }

    /// A gateway that is gone ends the process where it reads.
    fn write(&self, frame: &[u8]) {
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(frame);
    }
}
