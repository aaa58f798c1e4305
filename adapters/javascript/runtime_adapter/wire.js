// The writing side of the connection.

import { allocate, put } from './primordials.js';

/** A larger frame is written by itself: putting frames together copies them. */
const SMALL = 16_384;

/** Writes frames in order: at once while the socket takes them, and together what had to wait. */
export class Wire {
  #send;
  #held = [];
  #waiting = [];
  #flushing = null;

  /** @param {(bytes: Uint8Array) => Promise<void> | null} send writes all bytes: at once (null), or until it resolves */
  constructor(send) {
    this.#send = send;
  }

  /** Keeps a frame for the next write, which its caller must see to before anything else can take time. */
  hold(frame) {
    if (frame.length > SMALL) this.write(frame);
    else this.#held[this.#held.length] = frame;
  }

  /** Writes what is held. */
  release() {
    if (this.#held.length === 0) return;
    const frames = this.#held;
    this.#held = [];
    this.#write(join(frames));
  }

  /** Returns null if the frame, and what was held before it, is on the wire, else a promise that resolves when it is. */
  write(frame) {
    if (this.#held.length === 0 || frame.length > SMALL) {
      this.release();
      return this.#write(frame);
    }
    this.hold(frame);
    this.release();
    return this.#flushing;
  }

  #write(frame) {
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
