// The Bun worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).

import { basename } from 'node:path';
import { log } from './runtime_adapter/errors.js';
import { describeLoading } from './runtime_adapter/loading.js';
import { Later, part } from './runtime_adapter/primordials.js';
import { Worker } from './runtime_adapter/worker.js';

const USAGE_ERROR = 64;
const exit = process.exit.bind(process);
const { RUNTIME_SOCKET: unix } = process.env;
const file = process.argv[2];
if (!unix || !file) {
  log('this is the worker of a Bun function, which the gateway starts; run /usr/local/src/launch.sh instead');
  exit(USAGE_ERROR);
}
const takesContext = process.env.RUNTIME_SHAPE === 'context';
delete process.env.RUNTIME_SOCKET;
delete process.env.RUNTIME_SHAPE;
process.argv.splice(1, 1);

let drained = () => {};
const connection = await Bun.connect({
  unix,
  socket: {
    data: (_connection, bytes) => worker.take(bytes, bytes.length),
    drain: () => drained(),
    close: () => exit(0), // the gateway is gone
    error: () => exit(0),
  },
});
const write = connection.write.bind(connection);

/** Writes what the socket takes; the rest when it takes more. */
function send(bytes) {
  const written = write(bytes);
  return written < bytes.length ? finish(written > 0 ? part(bytes, written) : bytes) : null;
}

async function finish(rest) {
  await new Later((resolve) => { drained = resolve; });
  await send(rest);
}

const shape = takesContext ? await import('./runtime_adapter/context.js') : undefined; // not loaded where it is not needed
const worker = new Worker(send, shape);
if (takesContext) (await import('./runtime_adapter/prints.js')).routePrints(worker.current);
process.on('uncaughtException', worker.stray);
process.on('unhandledRejection', worker.stray);
if (!(await worker.load(file, basename(file), describeLoading))) exit(1);
