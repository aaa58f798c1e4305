// The Deno worker: answers the gateway's requests with the function (docs/worker-protocol.md).
//
// Preloaded (see launch.sh), so that the function's file is the main module: Deno then finds the deno.json, the
// package.json and the lock file beside it, as it does for any program. JavaScript, so that nothing must be transpiled.

import { log } from './runtime_adapter/errors.js';
import { describeLoading, fileName, mainModule } from './runtime_adapter/loading.js';
import { part } from './runtime_adapter/primordials.js';
import { guardTimers } from './runtime_adapter/timers.js';
import { Worker } from './runtime_adapter/worker.js';

const USAGE_ERROR = 64;
const READ_SIZE = 65536;
const { connect, exit } = Deno;

const path = Deno.env.get('RUNTIME_SOCKET');
if (!path) {
  log('this is the worker of a Deno function, which the gateway starts; run /usr/local/src/launch.sh instead');
  exit(USAGE_ERROR);
}
const takesContext = Deno.env.get('RUNTIME_SHAPE') === 'context';
Deno.env.delete('RUNTIME_SOCKET');
Deno.env.delete('RUNTIME_SHAPE');

const { send, serve } = takesContext ? await (await import('./runtime_adapter/socket.js')).open(path) : await open();
const shape = takesContext ? await import('./runtime_adapter/context.js') : undefined; // not loaded where it is not needed
const worker = new Worker(send, shape);
if (takesContext) (await import('./runtime_adapter/prints.js')).routePrints(worker.current);

const keep = (event, error) => {
  event.preventDefault();
  worker.stray(error);
};
addEventListener('error', (event) => keep(event, event.error));
addEventListener('unhandledrejection', (event) => keep(event, event.reason));
guardTimers(worker.stray);

if (!(await worker.load(mainModule, fileName, describeLoading))) exit(1);
serve(worker).finally(() => exit(0)); // the gateway is gone

/** The connection to the gateway: `send` writes all bytes; `serve` gives a worker what comes until the gateway closes it. */
async function open() {
  const connection = await connect({ transport: 'unix', path });
  const read = connection.read.bind(connection);
  const write = connection.write.bind(connection);
  return {
    send: async (bytes) => {
      for (let rest = bytes; rest.length > 0; ) rest = part(rest, await write(rest));
    },
    serve: async (worker) => {
      const buffer = new Uint8Array(READ_SIZE);
      for (let size = await read(buffer); size !== null; size = await read(buffer)) await worker.take(buffer, size);
    },
  };
}
