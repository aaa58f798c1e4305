// In place of the shared file: bytes are what Deno itself gives functions.

export { AsyncLocalStorage } from 'node:async_hooks';
export { Buffer } from 'node:buffer';
export { inspect, types } from 'node:util';

const Bytes = Uint8Array;

/** A view of bytes as functions get it. */
export const viewOf = (buffer, at, length) => new Bytes(buffer, at, length);
