// What a Bun function prints goes to its call.

import { writeSync } from 'node:fs';
import { routeConsole } from './console.js';
import { taking } from './printing.js';
import { decode, defineProperty } from './primordials.js';

/**
 * Routes `console`, `process.stdout` and `process.stderr`.
 *
 * @param {() => import('./context.js').Call | undefined} current
 */
export function routePrints(current) {
  const take = taking(current);
  routeConsole(take);
  const writeToConsole = console.write.bind(console);
  console.write = (...chunks) => {
    const text = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decode(chunk))).join('');
    return take(0, text) ? new TextEncoder().encode(text).length : writeToConsole(...chunks);
  };
  ['stdout', 'stderr'].forEach((name, number) => {
    let stream;
    defineProperty(process, name, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get: () => (stream ??= standard(number + 1, (chunk) => take(number, chunk))),
    });
  });
}

/**
 * A stream in place of Bun's own, which makes its pipe non-blocking as soon as somebody looks at it: `console.log` then loses
 * lines. Made when it is first looked at.
 */
function standard(fd, take) {
  const { Writable } = require('node:stream');
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      if (!take(chunk)) writeSync(fd, chunk);
      done();
    },
  });
  return Object.assign(stream, { fd });
}
