//! Serves calls, one at a time: the gateway starts a process for each that is to run beside another. So all that comes
//! through a process's output during a call is the call's own (rule V16).

use super::{frames, logging, Context, Logger, Response};
use crate::frames::{error, pong, read, PING};
use crate::{connected, fail, panics, Wire};
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process;
use std::sync::Arc;

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
            PING => wire.write(&pong(id)),
            _ => {}
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
