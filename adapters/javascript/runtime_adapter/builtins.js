// What the adapter needs of the runtime's own modules. A language's own file of this name takes the place of this one.

export { AsyncLocalStorage } from 'node:async_hooks';
export { Buffer } from 'node:buffer';
export { inspect, types } from 'node:util';
