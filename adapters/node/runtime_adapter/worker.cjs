'use strict';
// Serves requests with the function, many at a time (docs/worker-protocol.md, mode shared).

const { AsyncLocalStorage } = require('node:async_hooks');
const { Call } = require('./calls.cjs');
const { describe, log } = require('./errors.cjs');
const {
  ERROR, FrameReader, PING, PONG, REQUEST, SILENT, STARTED, failure, frame, readFrame, ready,
} = require('./frames.cjs');
const { Wire } = require('./wire.cjs');

const CONCURRENCY = 32;

/** Which call a piece of asynchronous work belongs to. */
const storage = new AsyncLocalStorage();
const enter = storage.run.bind(storage);
const current = storage.getStore.bind(storage);

class Worker {
  #function;
  #wire;
  /** The calls that have not ended, by id. */
  #running = Object.create(null);
  #count = 0;

  constructor(socket, loaded) {
    this.#function = loaded;
    this.#wire = new Wire(socket);
    const reader = new FrameReader();
    socket.on('data', (chunk) => this.#take(reader.push(chunk)));
    this.#wire.write(ready(CONCURRENCY));
  }

  /** An error that nobody caught: its call's, or that of the only one running; else it is only logged (contract E3). */
  stray(error) {
    const call = current() ?? this.#onlyOne();
    if (call) this.#fail(call, error);
    else log(describe(error));
  }

  #take(frames) {
    for (let index = 0; index < frames.length; index += 1) {
      const { kind, id, request } = readFrame(frames[index]);
      frames[index] = null;
      if (kind === REQUEST) this.#serve(new Call(id, this.#answered), request);
      else if (kind === PING) this.#wire.write(frame(PONG, id));
    }
  }

  async #serve(call, request) {
    this.#running[call.id] = call;
    this.#count += 1;
    try {
      this.#wire.write(frame(STARTED, call.id));
      // STARTED must be on the wire before the function runs.
      if (!this.#wire.flushed) await this.#wire.whenFlushed();
      const result = enter(call, this.#function, request, call.response());
      if (typeof result?.then === 'function') await result;
      else if (call.frame === null) {
        call.open = true;
        return;
      }
      this.#end(call, call.frame ?? frame(SILENT, call.id));
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #answered = (call) => this.#end(call, call.frame);

  /** What a function throws after its end is only logged (contract F4). */
  #fail(call, error) {
    if (call.ended) log(describe(error));
    else this.#end(call, failure(ERROR, call.id, 500, describe(error)));
  }

  #end(call, bytes) {
    if (call.ended) return;
    call.ended = true;
    delete this.#running[call.id];
    this.#count -= 1;
    this.#wire.write(bytes);
  }

  #onlyOne() {
    if (this.#count !== 1) return undefined;
    for (const id in this.#running) return this.#running[id];
  }
}

module.exports = { Worker };
