// What Bun says of a file that cannot be loaded.

import { describe } from './errors.js';

/** What a failed load threw. A syntax error is no Error here, and has a position in place of a stack. */
export function describeLoading(thrown) {
  const [first] = thrown instanceof AggregateError ? thrown.errors : [thrown];
  if (!(first instanceof BuildMessage) || !first.position) return describe(thrown);
  const { file, line, column } = first.position;
  return `SyntaxError: ${first.message}\n    at ${file}:${line}:${column}`;
}
