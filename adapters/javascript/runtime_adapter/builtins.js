// What the adapter needs of the runtime's own modules. A language's own file of this name takes the place of this one.

import { Buffer } from 'node:buffer';

export { AsyncLocalStorage } from 'node:async_hooks';
export { inspect, types } from 'node:util';
export { Buffer };

/** A view of bytes as functions get it: with the methods that the runtime gives bytes. */
export const viewOf = Buffer.from.bind(Buffer);
