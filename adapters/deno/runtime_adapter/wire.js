// The writing side of the connection.

import { join, part } from './frames.js';

/** Writes frames in order, together those that had to wait. */
export class Wire {
  #write;
  #waiting = [];
  #flushing = null;

  /** @param {(bytes: Uint8Array) => Promise<number>} write writes some of the bytes and says how many */
  constructor(write) {
    this.#write = write;
  }

  /** Resolves when the frame is on the wire. */
  write(frame) {
    this.#waiting[this.#waiting.length] = frame;
    this.#flushing ??= this.#flush();
    return this.#flushing;
  }

  async #flush() {
    while (this.#waiting.length > 0) {
      let bytes = join(this.#waiting);
      this.#waiting = [];
      while (bytes.length > 0) bytes = part(bytes, await this.#write(bytes));
    }
    this.#flushing = null;
  }
}
