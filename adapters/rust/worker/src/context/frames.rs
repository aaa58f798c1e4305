//! The frames of functions that take a context, as docs/worker-protocol.md describes them.

use super::{ContextRequest, Response};
use crate::frames::{bytes, frame, pairs, text};

pub const CALL: u8 = 0x04;
pub const OUTPUT: u8 = 0x05;
const READY: u8 = 0x11;
const LOG: u8 = 0x18;
const RESULT: u8 = 0x19;

const MODE_SERIAL: u8 = 0;
/// Flags of READY.
const TAKES_CONTEXT: u8 = 0x02;
const CHANGES_OUTPUT: u8 = 0x04;
/// A flag of CALL.
const LOGGING: u8 = 0x01;

/// The streams of LOG, and its origin.
pub const LOGS: u8 = 0;
pub const ERRORS: u8 = 1;
const BY_THE_CONTEXT: u8 = 0;

const SET_COOKIE: &str = "set-cookie";

pub fn ready() -> Vec<u8> {
    frame(READY, 0, &[&[MODE_SERIAL], &1_u32.to_be_bytes(), &[TAKES_CONTEXT | CHANGES_OUTPUT]])
}

pub fn log(id: u32, stream: u8, text: &str) -> Vec<u8> {
    frame(LOG, id, &[&[stream, BY_THE_CONTEXT], text.as_bytes()])
}

/// What the function has returned.
pub fn result(id: u32, response: &Response) -> Vec<u8> {
    let mut headers = Vec::new();
    let mut count: u32 = 0;
    for (name, value) in &response.headers {
        let is_cookie = name.eq_ignore_ascii_case(SET_COOKIE);
        for value in value.split(|character| is_cookie && character == '\n') {
            count += 1;
            for text in [name, value] {
                headers.extend_from_slice(&(text.len() as u32).to_be_bytes());
                headers.extend_from_slice(text.as_bytes());
            }
        }
    }
    let status = i32::from(response.status_code).to_be_bytes();
    frame(RESULT, id, &[&status, &count.to_be_bytes(), &headers, &response.body])
}

/// A CALL's body: the request, and whether what the function logs is wanted.
pub fn call(body: &[u8]) -> Option<(ContextRequest, bool)> {
    let mut rest = body;
    let [flags] = bytes(&mut rest)?;
    let mut request = ContextRequest::new();
    for field in [&mut request.method, &mut request.scheme, &mut request.host] {
        *field = text(&mut rest)?;
    }
    request.port = u16::from_be_bytes(bytes(&mut rest)?);
    for field in [&mut request.path, &mut request.query_string, &mut request.url] {
        *field = text(&mut rest)?;
    }
    request.query = pairs(&mut rest)?;
    request.headers = pairs(&mut rest)?;
    request.set_body_binary(rest.to_vec());
    Some((request, flags & LOGGING != 0))
}
