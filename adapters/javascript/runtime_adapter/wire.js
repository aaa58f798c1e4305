// The writing side of the connection.

import { allocate, put } from './primordials.js';

/** Writes frames in order: at once while the socket takes them, and together what had to wait. */
export class Wire {
  #send;
  #waiting = [];
  #flushing = null;

  /** @param {(bytes: Uint8Array) => Promise<void> | null} send writes all bytes: at once (null), or until it resolves */
  constructor(send) {
    this.#send = send;
  }

  /** Returns null if the frame is on the wire, else a promise that resolves when it is. */
  write(frame) {
    if (this.#flushing !== null) {
      this.#waiting[this.#waiting.length] = frame;
    } else {
      const sending = this.#send(frame);
      if (sending !== null) this.#flushing = this.#flush(sending);
    }
    return this.#flushing;
  }

  async #flush(sending) {
    await sending;
    while (this.#waiting.length > 0) {
      const frames = this.#waiting;
      this.#waiting = [];
      await this.#send(join(frames));
    }
    this.#flushing = null;
  }
}

/** Some pieces of bytes as one. */
function join(pieces) {
  if (pieces.length === 1) return pieces[0];
  let size = 0;
  for (let index = 0; index < pieces.length; index += 1) size += pieces[index].length;
  const bytes = allocate(size);
  for (let index = 0, at = 0; index < pieces.length; at += pieces[index].length, index += 1) put(bytes, pieces[index], at);
  return bytes;
}
