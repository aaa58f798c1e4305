// One call of a function that takes a context: what it sees, logs and returns (docs/protocol-v5.md, V14, V24 to V32).

import { CALL, SILENT, frame, log, readCall, result } from './context_frames.js';
import { entry } from './entries.js';
import { decode, defineProperty, encode, isInteger, isView, parse, stringify } from './primordials.js';
import { types } from './builtins.js';

const { isAnyArrayBuffer } = types;
const LOGS = 0;
const ERRORS = 1;

/** The frame that calls the function, and the flags of READY. */
export const CALLED = CALL;
export const FLAGS = 2; // it takes a context
/** What a function must be, for people. */
export const WANTED = "exports no function (context). Did you forget to export a 'main' function?";
/** What may be wrong with a function that has failed, by the number of its parameters; null if that says nothing. */
export const hint = (parameters) =>
  parameters === 2
    ? 'The function has two parameters: the contract of 2021 calls functions (req, res). This server speaks the open-runtimes protocol (v5), which calls functions (context).'
    : null;

/** A call between its begin and its end. */
export class Call {
  ended = false;
  #request;
  #tell;

  /** @param {(call: Call, bytes: Uint8Array, late?: boolean) => void} tell sends a frame while the call has not ended, or whenever (`late`) */
  constructor(id, body, _end, tell) {
    this.id = id;
    this.#tell = tell;
    this.#request = readCall(body);
    /** Whether what the function logs is wanted. */
    this.logs = this.#request.logging;
  }

  /** Calls the function, as a piece of work that `enter` knows by this call. */
  begin(enter, called) {
    return enter(this, called, this.#context());
  }

  /** What ends the call now that the function has returned and what it returned has settled. */
  settle(returned) {
    return returned === undefined || returned === null ? frame(SILENT, this.id) : output(this.id, returned);
  }

  /** What the function has printed, as an entry of its own, also after its end; stream: 0 stdout, 1 stderr. */
  printed(stream, text) {
    this.#tell(this, log(this.id, stream, true, text), true);
  }

  #context() {
    const write = (stream) => (...values) => {
      if (this.logs) this.#tell(this, log(this.id, stream, false, entry(values)));
    };
    return { req: requestOf(this.#request), res: response(), log: write(LOGS), error: write(ERRORS) };
  }
}

/** `context.req`. The forms of the body are made when they are asked for, and once. */
function requestOf({ method, scheme, host, port, path, queryString, url, query, headers, body }) {
  const request = { method, scheme, host, port, path, queryString, url, query, headers };
  once(request, 'bodyBinary', () => body);
  once(request, 'bodyText', () => decode(body));
  once(request, 'bodyRaw', () => request.bodyText);
  once(request, 'bodyJson', () => parse(request.bodyText));
  once(request, 'body', () => {
    const isJson = `${headers['content-type'] ?? ''}`.toLowerCase().startsWith('application/json');
    if (!isJson) return request.bodyText;
    return body.length === 0 ? {} : request.bodyJson;
  });
  return request;
}

/** A property whose value is made when it is first read, and which may be replaced. */
function once(target, name, make) {
  const keep = (value) => {
    defineProperty(target, name, { __proto__: null, configurable: true, enumerable: true, writable: true, value });
    return value;
  };
  defineProperty(target, name, { __proto__: null, configurable: true, enumerable: true, get: () => keep(make()), set: keep });
}

/** `context.res`: functions that need no `this`, so that they may be taken out of it. */
function response() {
  const binary = (body, statusCode = 200, headers = {}) => ({ body, statusCode, headers });
  return {
    binary,
    text: (text, statusCode = 200, headers = {}) => binary(`${text}`, statusCode, headers),
    json: (value, statusCode = 200, headers = {}) => {
      const text = stringify(value);
      if (text === undefined) throw new TypeError(`context.res.json takes a value that JSON can hold, not ${typeof value}`);
      return binary(text, statusCode, { ...headers, 'content-type': 'application/json' });
    },
    empty: () => binary('', 204, {}),
    redirect: (url, statusCode = 301, headers = {}) => binary('', statusCode, { ...headers, location: `${url}` }),
    send: (body, statusCode = 200, headers = {}) => binary(isBytes(body) ? body : `${body}`, statusCode, headers),
  };
}

const isBytes = (value) => isView(value) || isAnyArrayBuffer(value);

/** The RESULT of what the function has returned: what `context.res` gives, or an object like it. */
function output(id, returned) {
  if (typeof returned !== 'object') throw new TypeError(`the function must return what context.res gives, not a ${typeof returned}`);
  const { body = '', statusCode = 200, headers = {} } = returned;
  if (!isInteger(statusCode)) throw new TypeError(`the status must be an integer, not ${typeof statusCode}`);
  return result(id, statusCode, pairs(headers ?? {}), bytesOf(body ?? ''));
}

function bytesOf(body) {
  if (isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (isAnyArrayBuffer(body)) return new Uint8Array(body);
  if (typeof body === 'string') return encode(body);
  throw new TypeError(`the body must be text or bytes, not ${typeof body}`);
}

/** Headers as pairs: of an object whose values may be lists (V31), or of anything that gives pairs (`Headers`, a Map). */
function pairs(headers) {
  const all = [];
  const each = typeof headers[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers);
  for (const [name, value] of each) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) all.push([`${name}`, `${one}`]);
  }
  return all;
}
