// Serves requests with the function, many at a time (docs/worker-protocol.md, mode shared).

import { AsyncLocalStorage } from './builtins.js';
import * as calls from './calls.js';
import { describe, log } from './errors.js';
import { ERROR, FAILED, FrameReader, PING, PONG, STARTED, failure, frame, ready } from './frames.js';
import { create, isView, Mistake } from './primordials.js';
import { Wire } from './wire.js';

const CONCURRENCY = 32;

/** Which call a piece of asynchronous work belongs to. */
const storage = new AsyncLocalStorage();
const enter = storage.run.bind(storage);
const current = storage.getStore.bind(storage);

export class Worker {
  #function;
  #shape;
  #wire;
  #reader = new FrameReader();
  /** Frames whose turn has not come. */
  #asked = [];
  #taking = false;
  /** The call that has just begun, while the next one waits for it. */
  #beginning = null;
  /** The calls that have not ended, by id. */
  #running = create(null);
  #count = 0;

  /**
   * @param send as {@link Wire} takes it
   * @param shape the module with the calls of functions of one shape
   */
  constructor(send, shape = calls) {
    this.#shape = shape;
    this.#wire = new Wire(send);
  }

  /** Writes a frame of a call that has not ended, or that may come later, too. */
  tell = (call, bytes, late = false) => {
    if (late || !call.ended) this.#wire.write(bytes);
  };

  /** The call that the running piece of work belongs to, or undefined. */
  current = current;

  /**
   * Loads the function that a file exports as `module.exports`, `export default` or `exports.default` (contract F7) and
   * tells the gateway how that went.
   *
   * @param {string | URL} module what to import
   * @param {string} name the file's, for people
   * @param {(thrown: unknown) => string | Promise<string>} describeLoading what a failed import threw
   * @returns {Promise<boolean>} whether there is a function to serve
   */
  async load(module, name, describeLoading) {
    try {
      const { default: exported } = await import(module);
      this.#function = typeof exported === 'function' ? exported : exported?.default;
    } catch (error) {
      await this.#wire.write(failure(FAILED, 0, 500, await describeLoading(error)));
      return false;
    }
    const isLoaded = typeof this.#function === 'function';
    const none = `${name} ${this.#shape.WANTED}`;
    await this.#wire.write(isLoaded ? ready(CONCURRENCY, this.#shape.FLAGS) : failure(FAILED, 0, 404, none));
    return isLoaded;
  }

  /** Begins, one after the other, what the bytes from the gateway ask for. Resolves when all of it has begun. */
  async take(bytes, size) {
    const reader = this.#reader;
    reader.add(bytes, size);
    for (let next = reader.next(); next !== null; next = reader.next()) this.#asked[this.#asked.length] = next;
    if (this.#taking) return;
    this.#taking = true;
    while (this.#asked.length > 0) {
      const frames = this.#asked;
      this.#asked = [];
      for (let index = 0; index < frames.length; index += 1) {
        const { kind, id } = frames[index];
        if (kind === this.#shape.CALLED) {
          const flushing = this.#wire.write(frame(STARTED, id)); // before the function runs
          if (flushing !== null) await flushing;
          const call = new this.#shape.Call(id, frames[index].body, this.#answered, this.tell);
          frames[index] = null; // it may be large
          // If more calls wait, the answer of a function that gives it at once goes out with the next one's STARTED: half
          // as many writes. No function runs in between: an async one's answer is what comes next of all promises.
          this.#beginning = index + 1 < frames.length ? call : null;
          this.#serve(call);
          if (this.#beginning !== null && !call.ended) await null;
          this.#beginning = null;
        } else if (kind === PING) this.#wire.write(frame(PONG, id));
      }
      this.#wire.release();
    }
    this.#taking = false;
  }

  /** An error that nobody caught: its call's, or that of the only one running; else it is only logged (contract E3). */
  stray = (error) => {
    const call = current() ?? this.#onlyOne();
    if (call) this.#fail(call, error);
    else log(describe(error));
  };

  async #serve(call) {
    this.#running[call.id] = call;
    this.#count += 1;
    try {
      let result = call.begin(enter, this.#function);
      const later = typeof result?.then === 'function';
      if (later) result = await result;
      const last = call.settle(result, later);
      if (last !== null) this.#end(call, isView(last) ? last : await last);
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #answered = (call) => this.#end(call, call.frame);

  /** What a function throws after its end is only logged (contract F4). */
  #fail(call, error) {
    if (call.ended) return enter(call, log, describe(error)); // printed as its own
    this.#end(call, failure(ERROR, call.id, 500, describe(error) + this.#hint(error)));
  }

  /** No function is refused for its parameters, which say little (rest, defaults). But they may explain why it failed. */
  #hint(error) {
    try {
      const hint = error instanceof Mistake ? this.#shape.hint(this.#function.length) : null;
      return hint === null ? '' : `\n${hint}`;
    } catch {
      return '';
    }
  }

  #end(call, bytes) {
    if (call.ended) return;
    call.ended = true;
    delete this.#running[call.id];
    this.#count -= 1;
    if (call === this.#beginning) this.#wire.hold(bytes);
    else this.#wire.write(bytes);
  }

  #onlyOne() {
    if (this.#count !== 1) return undefined;
    for (const id in this.#running) return this.#running[id];
  }
}
