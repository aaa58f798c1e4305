// What the function prints belongs to its call (docs/protocol-v5.md, V16).

import { decode } from './primordials.js';

/**
 * What gives a text that is printed to the call that prints it. It says whether there is one that wants it; else the text is to
 * be printed as ever. Once the call has ended it must not be: the gateway would take it for what the only running call prints.
 * So it goes by the call, too, and the gateway sees that it is late.
 *
 * @param {() => import('./context.js').Call | undefined} current
 * @returns {(stream: number, chunk: string | Uint8Array) => boolean} stream: 0 for stdout, 1 for stderr
 */
export const taking = (current) => (stream, chunk) => {
  const call = current();
  if (call === undefined || !(call.logs || call.ended)) return false;
  const text = typeof chunk === 'string' ? chunk : decode(chunk);
  if (text !== '') call.printed(stream, text.endsWith('\n') ? text.slice(0, -1) : text);
  return true;
};

/**
 * Has what is written to a stream of Node go to the call that writes it. Its `console` writes there, too.
 *
 * @param {{write: Function}} stream process.stdout or process.stderr
 * @param {number} number 0 for stdout, 1 for stderr
 * @param {(stream: number, chunk: string | Uint8Array) => boolean} take
 */
export function route(stream, number, take) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, encoding, done) => {
    if (!take(number, chunk)) return write(chunk, encoding, done);
    const written = typeof encoding === 'function' ? encoding : done;
    if (typeof written === 'function') queueMicrotask(() => written());
    return true;
  };
}
