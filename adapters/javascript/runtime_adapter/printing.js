// What the function prints belongs to its call (docs/protocol-v5.md, V16).

import { decode } from './primordials.js';

/**
 * Has what is written to a stream go to the call that writes it. `console` writes there, too. Without a call, or if its logs
 * are not wanted, it goes to the stream as ever. Once the call has ended it must not go there: the gateway would take it for
 * what the only running call prints. So it goes by the call, too, and the gateway sees that it is late.
 *
 * @param {{write: Function}} stream process.stdout or process.stderr
 * @param {number} number 0 for stdout, 1 for stderr
 * @param {() => import('./context.js').Call | undefined} current
 */
export function route(stream, number, current) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, encoding, done) => {
    const call = current();
    if (call === undefined || !(call.logs || call.ended)) return write(chunk, encoding, done);
    const text = typeof chunk === 'string' ? chunk : decode(chunk);
    if (text !== '') call.printed(number, text.endsWith('\n') ? text.slice(0, -1) : text);
    const written = typeof encoding === 'function' ? encoding : done;
    if (typeof written === 'function') queueMicrotask(() => written());
    return true;
  };
}
