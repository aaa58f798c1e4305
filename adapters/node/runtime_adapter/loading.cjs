'use strict';
// Loads the function's file, whichever kind of module it is (contract F7).

const { spawnSync } = require('node:child_process');
const { pathToFileURL } = require('node:url');
const { describe } = require('./errors.cjs');

/** The function that the file exports as `module.exports`, `export default` or `exports.default`; else undefined. */
async function load(file) {
  const { default: exported } = await import(pathToFileURL(file));
  if (typeof exported === 'function') return exported;
  return typeof exported?.default === 'function' ? exported.default : undefined;
}

/** What a failed load threw. Where an ES module's syntax error is, Node tells only the console of a fresh process. */
function describeLoading(error, file) {
  const message = describe(error);
  if (!(error instanceof SyntaxError) || message.includes('\n    at ')) return message;
  const [place] = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' }).stderr.split('\n');
  return place.includes(file) ? `${message}\n    at ${place.replace('file://', '')}` : message;
}

module.exports = { describeLoading, load };
