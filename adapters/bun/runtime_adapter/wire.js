// The writing side of the connection.

import { join, part } from './frames.js';

const Later = Promise;

/** Writes frames at once while the socket takes them, and together what had to wait. */
export class Wire {
  #write;
  #waiting = [];
  #flushed = null;
  #tell = null;

  /** @param {(bytes: Uint8Array) => number} write writes what it can of the bytes and says how many */
  constructor(write) {
    this.#write = write;
  }

  /** Returns a promise that resolves when the frame is on the wire, or null if it is. */
  write(frame) {
    this.#waiting[this.#waiting.length] = frame;
    if (this.#flushed === null) this.flush();
    return this.#flushed;
  }

  /** Writes what waits; to be called when the socket takes more. */
  flush() {
    if (this.#waiting.length === 0) return;
    const bytes = join(this.#waiting);
    const written = this.#write(bytes);
    if (written < bytes.length) {
      this.#waiting = [written > 0 ? part(bytes, written) : bytes];
      this.#flushed ??= new Later((resolve) => { this.#tell = resolve; });
      return;
    }
    this.#waiting = [];
    if (this.#flushed === null) return;
    this.#flushed = null;
    this.#tell();
  }
}
