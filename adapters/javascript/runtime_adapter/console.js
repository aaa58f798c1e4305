// `console`, where it does not write to process.stdout and process.stderr (Deno, Bun).

import { Console } from 'node:console';
import { logBy } from './errors.js';

const PRINTS = ['log', 'error'];
/** Methods that are no text for anybody, or whose text the runtime makes itself. */
const LEFT = new Set(['Console', 'clear', 'context', 'createTask', 'write']);

/**
 * Has what `console` prints go to the call that prints it: each call of a method is an entry. Its methods are replaced, and
 * not the object, since modules may hold that.
 *
 * @param {(stream: number, text: string) => boolean} take
 */
export function routeConsole(take) {
  const [stdout, stderr] = PRINTS.map((name, number) => {
    const print = console[name].bind(console, '%s');
    const write = (text) => take(number, text) || print(text.endsWith('\n') ? text.slice(0, -1) : text);
    return { write, on() {}, once() {}, removeListener() {}, listenerCount: () => 0 };
  });
  const routed = new Console({ stdout, stderr });
  for (const name of Object.keys(console)) {
    if (typeof routed[name] === 'function' && !LEFT.has(name)) console[name] = routed[name].bind(routed);
  }
  logBy(routed); // what a call throws when it is over is its own
}
