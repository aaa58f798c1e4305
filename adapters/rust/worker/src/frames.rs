//! The frames between gateway and worker, as docs/worker-protocol.md describes them.

use crate::Request;
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read};

pub const REQUEST: u8 = 0x01;
pub const PING: u8 = 0x02;
const READY: u8 = 0x11;
const STARTED: u8 = 0x13;
const ANSWER: u8 = 0x14;
const ERROR: u8 = 0x15;
const PONG: u8 = 0x16;
const SILENT: u8 = 0x17;

const MODE_SHARED: u8 = 2;
const INTERNAL_ERROR: u16 = 500;
/// The size of kind and id, which the field `size` counts in.
const KIND_AND_ID: usize = 5;

pub fn frame(kind: u8, id: u32, parts: &[&[u8]]) -> Vec<u8> {
    let size = KIND_AND_ID + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut frame = Vec::with_capacity(4 + size);
    frame.extend_from_slice(&(size as u32).to_be_bytes());
    frame.push(kind);
    frame.extend_from_slice(&id.to_be_bytes());
    parts.iter().for_each(|part| frame.extend_from_slice(part));
    frame
}

pub fn ready(concurrency: u32) -> Vec<u8> {
    frame(READY, 0, &[&[MODE_SHARED], &concurrency.to_be_bytes()])
}

pub fn started(id: u32) -> Vec<u8> {
    frame(STARTED, id, &[])
}

pub fn pong(id: u32) -> Vec<u8> {
    frame(PONG, id, &[])
}

pub fn silent(id: u32) -> Vec<u8> {
    frame(SILENT, id, &[])
}

pub fn answer(id: u32, status: u16, kind: u8, body: &[u8]) -> Vec<u8> {
    frame(ANSWER, id, &[&i32::from(status).to_be_bytes(), &[kind], body])
}

pub fn error(id: u32, message: &str) -> Vec<u8> {
    let size = (message.len() as u32).to_be_bytes();
    frame(ERROR, id, &[&INTERNAL_ERROR.to_be_bytes(), &size, message.as_bytes()])
}

/// The next frame's kind, id and body; none at the end of the connection.
pub fn read(source: &mut impl Read) -> io::Result<Option<(u8, u32, Vec<u8>)>> {
    let mut size = [0; 4];
    match source.read_exact(&mut size) {
        Err(end) if matches!(end.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => return Ok(None),
        other => other?,
    }
    let mut head = [0; KIND_AND_ID];
    source.read_exact(&mut head)?;
    let [kind, id @ ..] = head;
    let mut body = vec![0; (u32::from_be_bytes(size) as usize).saturating_sub(KIND_AND_ID)];
    source.read_exact(&mut body)?;
    Ok(Some((kind, u32::from_be_bytes(id), body)))
}

/// How many whole frames there are.
pub fn waiting(mut received: &[u8]) -> usize {
    let mut count = 0;
    while let Some(size) = number(&mut received) {
        let Some((_, after)) = received.split_at_checked(size as usize) else { break };
        received = after;
        count += 1;
    }
    count
}

/// A REQUEST's body.
pub fn request(body: &[u8]) -> Option<Request> {
    let mut rest = body;
    Some(Request { env: pairs(&mut rest)?, headers: pairs(&mut rest)?, payload: text(&mut rest)? })
}

/// So many bytes as the caller has room for.
pub fn bytes<const SIZE: usize>(rest: &mut &[u8]) -> Option<[u8; SIZE]> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*bytes)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    bytes(rest).map(u32::from_be_bytes)
}

pub fn text(rest: &mut &[u8]) -> Option<String> {
    let size = number(rest)? as usize;
    let (text, after) = rest.split_at_checked(size)?;
    *rest = after;
    String::from_utf8(text.to_vec()).ok()
}

pub fn pairs(rest: &mut &[u8]) -> Option<HashMap<String, String>> {
    (0..number(rest)?).map(|_| Some((text(rest)?, text(rest)?))).collect()
}
