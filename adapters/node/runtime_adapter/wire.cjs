'use strict';
// The writing side of the connection.

const { concat, push } = require('./primordials.cjs');

/**
 * Writes frames at once while the socket takes them, and together what had to wait. The queue is kept here and not in
 * Node's stream, because that one's uses what the function may have replaced.
 */
class Wire {
  #socket;
  #write;
  #waiting = [];
  #onFlushed = [];

  constructor(socket) {
    this.#socket = socket;
    this.#write = socket.write.bind(socket);
  }

  /** Writes a frame, or queues it behind those that the socket has not taken yet. */
  write(frame) {
    if (this.flushed) this.#write(frame, this.#next);
    else push(this.#waiting, frame);
  }

  /** Whether everything written is on the wire. */
  get flushed() {
    return this.#socket.writableLength === 0 && this.#waiting.length === 0;
  }

  /** Resolves when everything written is on the wire. */
  whenFlushed() {
    return new Promise((resolve) => push(this.#onFlushed, resolve));
  }

  #next = () => {
    if (this.#socket.writableLength > 0) return;
    if (this.#waiting.length > 0) {
      const frames = concat(this.#waiting);
      this.#waiting = [];
      this.#write(frames, this.#next);
      return;
    }
    const resolvers = this.#onFlushed;
    this.#onFlushed = [];
    for (let index = 0; index < resolvers.length; index += 1) resolvers[index]();
  };
}

module.exports = { Wire };
