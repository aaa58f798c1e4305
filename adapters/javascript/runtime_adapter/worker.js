// Serves requests with the function, many at a time (docs/worker-protocol.md, mode shared).

import { AsyncLocalStorage } from 'node:async_hooks';
import { Call } from './calls.js';
import { describe, log } from './errors.js';
import { ERROR, PING, PONG, REQUEST, SILENT, STARTED, failure, frame, readRequest, ready } from './frames.js';

const CONCURRENCY = 32;

/** Which call a piece of asynchronous work belongs to. */
const storage = new AsyncLocalStorage();
const enter = storage.run.bind(storage);
const current = storage.getStore.bind(storage);

export class Worker {
  #function;
  #wire;
  /** The calls that have not ended, by id. */
  #running = Object.create(null);
  #count = 0;

  constructor(wire, loaded) {
    this.#function = loaded;
    this.#wire = wire;
    wire.write(ready(CONCURRENCY));
  }

  /** Begins what a frame asks for. Resolves when the next frame's turn has come. */
  async take(asked) {
    const { kind, id } = asked;
    if (kind === REQUEST) {
      await this.#wire.write(frame(STARTED, id)); // before the function runs
      const request = readRequest(asked.body);
      asked.body = null; // it may be large
      this.#serve(new Call(id, this.#answered), request);
    } else if (kind === PING) this.#wire.write(frame(PONG, id));
  }

  /** An error that nobody caught: its call's, or that of the only one running; else it is only logged (contract E3). */
  stray(error) {
    const call = current() ?? this.#onlyOne();
    if (call) this.#fail(call, error);
    else log(describe(error));
  }

  async #serve(call, request) {
    this.#running[call.id] = call;
    this.#count += 1;
    try {
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
