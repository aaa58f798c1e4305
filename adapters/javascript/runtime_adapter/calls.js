// One call of the function: what it sees, and what it has answered (contract F2 to F4).

import { types } from './builtins.js';
import { REQUEST, SILENT, answer, frame, readRequest } from './frames.js';
import { isFinite, isInteger, isView, isWellFormed, stringify } from './primordials.js';

const TEXT = 0;
const JSON_VALUE = 1;
const { isAnyArrayBuffer } = types;

/** The frame that calls the function, and the flags of READY. */
export const CALLED = REQUEST;
export const FLAGS = undefined;
/** What a function must be, for people. */
export const WANTED = 'exports no function (req, res)';
/** What may be wrong with a function that has failed, by the number of its parameters; null if that says nothing. */
export const hint = (parameters) =>
  parameters === 1
    ? 'The function has one parameter: the open-runtimes protocol (v5) calls functions (context). This server keeps the contract of 2021, which calls functions (req, res).'
    : null;

/** A request between its first call and its end. */
export class Call {
  #request;
  #response;

  /** The last answer so far, as a frame. */
  frame = null;
  ended = false;
  /** A synchronous function has returned without an answer and may still give one. */
  open = false;

  /** @param {(call: Call) => void} end is called when an open call gets its answer */
  constructor(id, body, end) {
    this.id = id;
    this.end = end;
    this.#request = readRequest(body);
  }

  /** Calls the function, as a piece of work that `enter` knows by this call. */
  begin(enter, called) {
    this.#response = this.response();
    return enter(this, called, this.#request, this.#response);
  }

  /** What ends the call now that the function has returned, or what it returned has settled (`later`); null if it may still answer. */
  settle(returned, later) {
    if (this.frame === null && !later) {
      // Who returns a value takes that for the answer; who returns nothing may still answer from a callback.
      if (returned !== undefined && returned !== this.#response) throw unanswered(returned);
      this.open = true;
      return null;
    }
    return this.frame ?? frame(SILENT, this.id);
  }

  /** `res`: functions that need no `this`, so that they may be taken out of it. */
  response() {
    const response = {
      send: (text, status = 200) => {
        if (typeof text !== 'string') throw new TypeError(`res.send takes text (a string), not ${typeOf(text)}`);
        if (!isWellFormed(text)) throw new TypeError('res.send takes text that UTF-8 can hold, not lone surrogates');
        this.#keep(text, status, TEXT);
        return response;
      },
      json: (value, status = 200) => {
        const text = stringify(value, onlyJson);
        if (text === undefined) throw new TypeError(`JSON cannot hold ${typeOf(value)}`);
        this.#keep(text, status, JSON_VALUE);
        return response;
      },
    };
    return response;
  }

  #keep(text, status, type) {
    if (!isInteger(status)) throw new TypeError(`the status must be an integer, not ${typeOf(status)}`);
    if (this.ended) return;
    this.frame = answer(this.id, status, type, text);
    if (this.open) this.end(this);
  }
}

/** What is wrong with a function that has returned this instead of answering (contract F4). */
export function unanswered(result) {
  const what = result !== null && typeof result === 'object' && !isView(result) ? 'an object' : typeOf(result);
  return new TypeError(`the function returned ${what} without answering; call res.send or res.json`);
}

const typeOf = (value) => (value === null ? 'null' : isView(value) ? 'bytes' : typeof value);

/** JSON.stringify writes null for NaN and a list of numbers for bytes; the contract wants neither (F4). */
function onlyJson(key, value) {
  if (typeof value === 'number' && !isFinite(value)) throw new TypeError(`JSON cannot hold ${value}`);
  // Bytes may have become an object by their toJSON before they get here.
  if (typeof value === 'object' && value !== null) {
    const original = this[key];
    if (isView(original) || isAnyArrayBuffer(original)) throw new TypeError('JSON cannot hold bytes');
  }
  return value;
}
