// The frames between gateway and worker, as docs/worker-protocol.md describes them.

import { allocate, decode, defineProperty, encode, encodeInto, part, put } from './primordials.js';

export const REQUEST = 0x01;
export const PING = 0x02;
export const FAILED = 0x12;
export const STARTED = 0x13;
export const ERROR = 0x15;
export const PONG = 0x16;
export const SILENT = 0x17;
const READY = 0x11;
const ANSWER = 0x14;
const SHARED = 2;
const HEAD = 9;

export const readU32 = (bytes, at) =>
  ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;

export function writeU32(bytes, value, at) {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** A frame with room for `room` bytes of body. */
export function frame(kind, id, room = 0) {
  const bytes = allocate(HEAD + room);
  writeU32(bytes, HEAD - 4 + room, 0);
  bytes[4] = kind;
  writeU32(bytes, id, 5);
  return bytes;
}

/** READY: shared, so many requests at a time. Flags, if there are any, are the last byte. */
export function ready(concurrency, flags) {
  const bytes = frame(READY, 0, flags === undefined ? 5 : 6);
  bytes[HEAD] = SHARED;
  writeU32(bytes, concurrency, HEAD + 1);
  if (flags !== undefined) bytes[HEAD + 5] = flags;
  return bytes;
}

/** ANSWER. A status that no i32 can hold is out of range anyway, which the gateway says. */
export function answer(id, status, type, text) {
  let bytes = frame(ANSWER, id, 5 + text.length);
  if (encodeInto(text, part(bytes, HEAD + 5)).read < text.length) { // not all of it is ASCII
    const content = encode(text);
    bytes = frame(ANSWER, id, 5 + content.length);
    put(bytes, content, HEAD + 5);
  }
  writeU32(bytes, (status | 0) === status ? status : -1, HEAD);
  bytes[HEAD + 4] = type;
  return bytes;
}

/** FAILED or ERROR. */
export function failure(kind, id, code, message) {
  const text = encode(message);
  const bytes = frame(kind, id, 6 + text.length);
  bytes[HEAD] = code >>> 8;
  bytes[HEAD + 1] = code;
  writeU32(bytes, text.length, HEAD + 2);
  put(bytes, text, HEAD + 6);
  return bytes;
}

/** Puts frames together from what the socket reads. Every byte is copied once: large requests leave little room. */
export class FrameReader {
  #bytes = null;
  #at = 0;
  #end = 0;
  #size = allocate(4);
  /** What is being filled: the size, then all that follows it. */
  #piece = this.#size;
  #filled = 0;

  /** Gives the first `size` bytes of `bytes`; they are read by the calls of `next` until one returns null. */
  add(bytes, size) {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = size;
  }

  /** The next whole frame, or null. */
  next() {
    if (!this.#fill()) return null;
    if (this.#piece === this.#size) {
      this.#begin(allocate(readU32(this.#size, 0)));
      if (!this.#fill()) return null;
    }
    const whole = this.#piece;
    this.#begin(this.#size);
    return { kind: whole[0], id: readU32(whole, 1), body: part(whole, 5) };
  }

  #begin(piece) {
    this.#piece = piece;
    this.#filled = 0;
  }

  /** Whether the piece is as full as it can be. */
  #fill() {
    const room = this.#piece.length - this.#filled;
    const size = this.#end - this.#at < room ? this.#end - this.#at : room;
    put(this.#piece, part(this.#bytes, this.#at, this.#at + size), this.#filled);
    this.#at += size;
    this.#filled += size;
    return size === room;
  }
}

/** Reads one field after the other, from `at` on. In maps every name is a property of its own, `__proto__` too. */
export function fieldsOf(body, at) {
  const string = () => {
    const start = at + 4;
    at = start + readU32(body, at);
    return decode(part(body, start, at));
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
  const port = () => {
    at += 2;
    return (body[at - 2] << 8) | body[at - 1];
  };
  return { string, map, port, end: () => at };
}

/** The body of a REQUEST, as plain objects. `variables` is what functions of 2022 call `env` (contract F8). */
export function readRequest(body) {
  const { map, string } = fieldsOf(body, 0);
  const env = map();
  return { env, variables: env, headers: map(), payload: string() };
}
