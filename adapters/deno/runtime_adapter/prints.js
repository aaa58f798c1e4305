// What a Deno function prints goes to its call.

import { routeConsole } from './console.js';
import { taking } from './printing.js';

/**
 * Routes `console`, `Deno.stdout` and `Deno.stderr`. Node's `process.stdout` and `process.stderr` write there, too.
 *
 * @param {() => import('./context.js').Call | undefined} current
 */
export function routePrints(current) {
  const take = taking(current);
  routeConsole(take);
  [Deno.stdout, Deno.stderr].forEach((stream, number) => {
    const write = stream.write.bind(stream);
    const writeSync = stream.writeSync.bind(stream);
    stream.write = async (bytes) => (take(number, bytes) ? bytes.byteLength : write(bytes));
    stream.writeSync = (bytes) => (take(number, bytes) ? bytes.byteLength : writeSync(bytes));
  });
}
