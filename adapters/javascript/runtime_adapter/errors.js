// Turns anything that a function can throw into a message (contract E2, E3).

import { inspect } from './builtins.js';
import { decode, encode, includes, match, part, replace, slice, split } from './primordials.js';

/** Longest text of one error, in bytes: leaves room for the stack trace in the 8 KiB of a message (contract E2). */
const TEXT_LIMIT = 4000;
/** Most errors shown of a chain of causes. */
const CHAIN_LIMIT = 5;

// Not imported from node:process: in Bun 1.3 that makes stdout's pipe non-blocking, and console.log loses lines.
const folder = `${process.cwd()}/`;
/** How the stack of a syntax error begins in Node: with its place. */
const PLACE = /^(?:file:\/\/)?(\/.*:\d+)$/;
const INSPECTION = { __proto__: null, customInspect: false, depth: 1, breakLength: Infinity, maxStringLength: TEXT_LIMIT };

/** Writes a message to stderr, whatever the function has done to `console`. */
export let log = console.error.bind(console, '%s');
/** Has `log` write by another `console`. */
export const logBy = (other) => { log = other.error.bind(other, '%s'); };

/** Type, text and the function's own stack frames, of what was thrown and of what caused it. */
export function describe(thrown) {
  try {
    let text = describeOne(thrown);
    let cause = thrown;
    for (let count = 1; isError(cause) && isError(cause.cause) && count < CHAIN_LIMIT; count += 1) {
      cause = cause.cause;
      text += `\ncaused by ${describeOne(cause)}`;
    }
    return text;
  } catch {
    return `${typeof thrown} that throws when it is looked at`;
  }
}

const isError = (value) => typeof value === 'object' && value !== null && typeof value.stack === 'string';

/** As many whole characters as the limit has room for. */
function shorten(text) {
  const bytes = encode(slice(`${text}`, 0, TEXT_LIMIT));
  let end = bytes.length > TEXT_LIMIT ? TEXT_LIMIT : bytes.length;
  while ((bytes[end] & 0xc0) === 0x80) end -= 1;
  return decode(part(bytes, 0, end));
}

function describeOne(thrown) {
  if (isError(thrown)) return `${nameOf(thrown)}: ${shorten(thrown.message)}${framesOf(thrown.stack)}`;
  return `${describeValue(thrown)}\n    (no stack trace: what was thrown is no Error)`;
}

function describeValue(thrown) {
  if (thrown === null || thrown === undefined) return `${thrown}`;
  return `${typeof thrown}: ${shorten(typeof thrown === 'string' ? thrown : inspect(thrown, INSPECTION))}`;
}

/** What a class is called that extends Error without setting `name`, else `name`. */
function nameOf(error) {
  const { name } = error;
  return name === 'Error' || typeof name !== 'string' ? error.constructor?.name || 'Error' : name;
}

/** The frames inside the function's folder; of a syntax error, which has none there, the place. */
function framesOf(stack) {
  const lines = split(stack, '\n');
  const place = match(PLACE, lines[0]);
  let frames = place ? `\n    at ${place[1]}` : '';
  for (let index = 0; index < lines.length; index += 1) {
    const line = replace(lines[index], 'file://', '');
    if (includes(line, folder) && slice(line, 0, 7) === '    at ') frames += `\n${line}`;
  }
  return frames;
}
