'use strict';
// Turns anything that a function can throw into a message (contract E2, E3).

const { writeSync } = require('node:fs');
const { inspect } = require('node:util');
const { bufferFrom, bufferSlice, bufferText, includes, match, push, replace, slice, split } = require('./primordials.cjs');

/** Longest text of one error, in bytes: leaves room for the stack trace in the 8 KiB of a message (contract E2). */
const TEXT_LIMIT = 4000;
/** Most errors shown of a chain of causes. */
const CHAIN_LIMIT = 5;

const folder = `${process.cwd()}/`;
const ERROR_LOCATION = /^(?:file:\/\/)?(\/.*:\d+)$/;
const INSPECTION = { __proto__: null, customInspect: false, depth: 1, breakLength: Infinity, maxStringLength: TEXT_LIMIT };

/** Type, text and the function's own stack frames, of what was thrown and of what caused it. */
function describe(thrown) {
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

function describeOne(thrown) {
  if (isError(thrown)) {
    return `${nameOf(thrown)}: ${shorten(`${thrown.message}`)}${framesOf(thrown.stack)}`;
  }
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

function shorten(text) {
  const bytes = bufferFrom(slice(text, 0, TEXT_LIMIT));
  return bytes.length <= TEXT_LIMIT ? slice(text, 0, TEXT_LIMIT) : bufferText(bufferSlice(bytes, 0, TEXT_LIMIT));
}

/** The frames inside the function's folder; of a syntax error, which has none there, the place. */
function framesOf(stack) {
  const lines = split(stack, '\n');
  const frames = [];
  const location = match(ERROR_LOCATION, lines[0]);
  if (location) push(frames, `\n    at ${location[1]}`);
  for (let index = 0; index < lines.length; index += 1) {
    const line = replace(lines[index], 'file://', '');
    if (includes(line, folder) && slice(line, 0, 7) === '    at ') push(frames, `\n${line}`);
  }
  let text = '';
  for (let index = 0; index < frames.length; index += 1) text += frames[index];
  return text;
}

/** Writes a message to stderr, whatever the function has done to `console`. */
function log(message) {
  try {
    writeSync(2, `${message}\n`);
  } catch {
    // Nobody reads it any more.
  }
}

module.exports = { describe, log };
