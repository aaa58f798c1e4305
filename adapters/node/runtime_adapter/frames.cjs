'use strict';
// The frames between gateway and worker, as docs/worker-protocol.md describes them.

const {
  allocate, bufferSlice, bufferText, bufferWrite, byteLength, defineProperty, push, put,
} = require('./primordials.cjs');

const kinds = {
  REQUEST: 0x01, PING: 0x02,
  READY: 0x11, FAILED: 0x12, STARTED: 0x13, ANSWER: 0x14, ERROR: 0x15, PONG: 0x16, SILENT: 0x17,
};
const SHARED = 2;
const HEAD = 9;
const SIZE = 4;

const readU32 = (bytes, at) =>
  ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;

function writeU32(bytes, value, at) {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** A frame with room for `room` bytes of body. */
function frame(kind, id, room = 0) {
  const bytes = allocate(HEAD + room);
  writeU32(bytes, HEAD - 4 + room, 0);
  bytes[4] = kind;
  writeU32(bytes, id, 5);
  return bytes;
}

/** READY: shared, so many requests at a time. */
function ready(concurrency) {
  const bytes = frame(kinds.READY, 0, 5);
  bytes[HEAD] = SHARED;
  writeU32(bytes, concurrency, HEAD + 1);
  return bytes;
}

/** ANSWER. A status that no i32 can hold is out of range anyway, which the gateway says. */
function answer(id, status, type, text) {
  const bytes = frame(kinds.ANSWER, id, 5 + byteLength(text));
  writeU32(bytes, (status | 0) === status ? status : -1, HEAD);
  bytes[HEAD + 4] = type;
  bufferWrite(bytes, text, HEAD + 5);
  return bytes;
}

/** FAILED or ERROR. */
function failure(kind, id, code, message) {
  const size = byteLength(message);
  const bytes = frame(kind, id, 6 + size);
  bytes[HEAD] = code >>> 8;
  bytes[HEAD + 1] = code;
  writeU32(bytes, size, HEAD + 2);
  bufferWrite(bytes, message, HEAD + 6);
  return bytes;
}

/** Puts frames together from what the socket reads. Every byte is copied once: large requests leave little room. */
class FrameReader {
  #frame = allocate(SIZE);
  #filled = 0;

  /** The frames that `chunk` completes. */
  push(chunk) {
    const frames = [];
    let at = 0;
    while (at < chunk.length) {
      const room = this.#frame.length - this.#filled;
      const end = chunk.length - at < room ? chunk.length : at + room;
      put(this.#frame, bufferSlice(chunk, at, end), this.#filled);
      this.#filled += end - at;
      at = end;
      if (this.#filled < this.#frame.length) break;
      if (this.#filled === SIZE) {
        const whole = allocate(SIZE + readU32(this.#frame, 0));
        put(whole, this.#frame);
        this.#frame = whole;
      } else {
        push(frames, this.#frame);
        this.#frame = allocate(SIZE);
        this.#filled = 0;
      }
    }
    return frames;
  }
}

/** What a frame says: a REQUEST is read at once, so that its bytes need not be kept while the function runs. */
function readFrame(bytes) {
  const kind = bytes[4];
  const request = kind === kinds.REQUEST ? readRequest(bufferSlice(bytes, HEAD)) : null;
  return { kind, id: readU32(bytes, 5), request };
}

/** The body of a REQUEST, as plain objects; every name is a property of its own, `__proto__` too. */
function readRequest(body) {
  let at = 0;
  const string = () => {
    const start = at + 4;
    at = start + readU32(body, at);
    return bufferText(body, 'utf8', start, at);
  };
  const map = () => {
    const entries = {};
    let count = readU32(body, at);
    at += 4;
    for (; count > 0; count -= 1) {
      defineProperty(entries, string(), {
        __proto__: null, configurable: true, enumerable: true, writable: true, value: string(),
      });
    }
    return entries;
  };
  return { env: map(), headers: map(), payload: string() };
}

module.exports = { ...kinds, FrameReader, answer, failure, frame, readFrame, ready };
