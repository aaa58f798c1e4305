// The frames of functions that take a context, as docs/worker-protocol.md describes them.

import { viewOf } from './builtins.js';
import { SILENT, fieldsOf, frame, writeU32 } from './frames.js';
import { encode, put } from './primordials.js';

export { SILENT, frame };
export const CALL = 0x04;
const LOG = 0x18;
const RESULT = 0x19;
const HEAD = 9;

/** The body of a CALL. Of several fields with one name the last counts. */
export function readCall(body) {
  const { string, map, port, end } = fieldsOf(body, 1);
  return {
    logging: (body[0] & 1) !== 0,
    method: string(),
    scheme: string(),
    host: string(),
    port: port(),
    path: string(),
    queryString: string(),
    url: string(),
    query: map(),
    headers: map(),
    body: binary(body, end()),
  };
}

/** What is left of a body, as functions expect bytes. */
function binary(body, at) {
  const { buffer, byteOffset, length } = body;
  return viewOf(buffer, byteOffset + at, length - at);
}

/** LOG: one entry of a call. */
export function log(id, stream, printed, text) {
  const content = encode(text);
  const bytes = frame(LOG, id, 2 + content.length);
  bytes[HEAD] = stream;
  bytes[HEAD + 1] = printed ? 1 : 0;
  put(bytes, content, HEAD + 2);
  return bytes;
}

/** RESULT. A status that no i32 can hold is out of range anyway, which the gateway says. */
export function result(id, status, headers, body) {
  const texts = [];
  let room = 8 + body.length;
  for (const [name, value] of headers) {
    texts.push(encode(name), encode(value));
    room += 8 + texts[texts.length - 2].length + texts[texts.length - 1].length;
  }
  const bytes = frame(RESULT, id, room);
  writeU32(bytes, (status | 0) === status ? status : -1, HEAD);
  writeU32(bytes, headers.length, HEAD + 4);
  let at = HEAD + 8;
  for (const text of texts) {
    writeU32(bytes, text.length, at);
    put(bytes, text, at + 4);
    at += 4 + text.length;
  }
  put(bytes, body, at);
  return bytes;
}
