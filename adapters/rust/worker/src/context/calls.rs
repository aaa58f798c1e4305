//! Serves calls, one at a time: the gateway starts a process for each that is to run beside another. So all that comes
//! through a process's output during a call is the call's own (rule V16).

use super::{frames, logging, Context, Logger, Response};
use crate::frames::{error, pong, read, text, PING};
use crate::{connected, fail, panics, Wire};
use std::fs::File;
use std::io::{self, BufReader};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;
use std::process;
use std::sync::Arc;

extern "C" {
    fn dup2(from: i32, to: i32) -> i32;
}

type Function = fn(Context) -> Response;

/// Serves calls with the function until the gateway closes the connection.
pub fn run(function: Function) -> ! {
    std::env::remove_var("RUNTIME_SHAPE");
    match connected().and_then(|connection| serve(connection, function)) {
        Ok(()) => process::exit(0),
        Err(error) => fail(&error),
    }
}

fn serve(connection: UnixStream, function: Function) -> io::Result<()> {
    let wire = Arc::new(Wire::new(connection.try_clone()?));
    let mut source = BufReader::with_capacity(64 << 10, connection);
    panics::expect_here();
    wire.write(&frames::ready());
    while let Some((kind, id, body)) = read(&mut source)? {
        match kind {
            frames::CALL => wire.write(&called(function, id, body, &wire)),
            frames::OUTPUT => change_output(&text(&mut &body[..]).unwrap_or_default())?,
            PING => wire.write(&pong(id)),
            _ => {}
        }
    }
    Ok(())
}

/// Prints to the pipes in this folder from now on: processes that an earlier call has left go on with the old ones.
fn change_output(folder: &str) -> io::Result<()> {
    for (name, descriptor) in [("stdout", 1), ("stderr", 2)] {
        let pipe = File::options().write(true).open(Path::new(folder).join(name))?;
        if unsafe { dup2(pipe.as_raw_fd(), descriptor) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Calls the function; the frame says how it ended.
fn called(function: Function, id: u32, body: Vec<u8>, wire: &Arc<Wire>) -> Vec<u8> {
    let Some((request, is_logged)) = frames::call(&body) else {
        return error(id, "malformed frame");
    };
    drop(body);
    let logger = Logger::of_call(id, wire, is_logged);
    let mut context = Context::new(logger.clone());
    context.req = request;
    panics::expect_here();
    let end = catch_unwind(AssertUnwindSafe(|| function(context)));
    logger.end();
    logging::flush();
    match end {
        Ok(response) => frames::result(id, &response),
        Err(thrown) => error(id, &panics::describe(thrown)),
    }
}
