// Loads the function's file, whichever kind of module and language it is (contract F7).

import { describe } from './errors.js';

/** The function that the file exports as `module.exports`, `export default` or `exports.default`; else undefined. */
export async function load(file) {
  const { default: exported } = await import(file);
  if (typeof exported === 'function') return exported;
  return typeof exported?.default === 'function' ? exported.default : undefined;
}

/** What a failed load threw. A syntax error is no Error here, and has a position in place of a stack. */
export function describeLoading(thrown) {
  const [first] = thrown instanceof AggregateError ? thrown.errors : [thrown];
  if (!(first instanceof BuildMessage) || !first.position) return describe(thrown);
  const { file, line, column } = first.position;
  return `SyntaxError: ${first.message}\n    at ${file}:${line}:${column}`;
}
