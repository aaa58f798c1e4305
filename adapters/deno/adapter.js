// The Deno worker: answers the gateway's requests with the function (docs/worker-protocol.md).
//
// Preloaded (see launch.sh), so that the function's file is the main module: Deno then finds the deno.json, the
// package.json and the lock file beside it, as it does for any program. JavaScript, so that nothing must be transpiled.

import { describe, log } from './runtime_adapter/errors.js';
import { FAILED, FrameReader, failure } from './runtime_adapter/frames.js';
import { describeLoading, fileName, load } from './runtime_adapter/loading.js';
import { guardTimers } from './runtime_adapter/timers.js';
import { Wire } from './runtime_adapter/wire.js';
import { Worker } from './runtime_adapter/worker.js';

const USAGE_ERROR = 64;
const READ_SIZE = 65536;
const { connect, exit } = Deno;

/** Takes frames until the gateway closes the connection; one after the other, so that each is STARTED in its turn. */
async function serve(connection, worker) {
  const read = connection.read.bind(connection);
  const reader = new FrameReader();
  const buffer = new Uint8Array(READ_SIZE);
  for (let size = await read(buffer); size !== null; size = await read(buffer)) {
    reader.add(buffer, size);
    for (let frame = reader.next(); frame !== null; frame = reader.next()) await worker.take(frame);
  }
}

const path = Deno.env.get('RUNTIME_SOCKET');
if (!path) {
  log('this is the worker of a Deno function, which the gateway starts; run /usr/local/src/launch.sh instead');
  exit(USAGE_ERROR);
}
Deno.env.delete('RUNTIME_SOCKET');

let worker;
const stray = (error) => (worker ? worker.stray(error) : log(describe(error)));
const keep = (event, error) => {
  event.preventDefault();
  stray(error);
};
addEventListener('error', (event) => keep(event, event.error));
addEventListener('unhandledrejection', (event) => keep(event, event.reason));
guardTimers(stray);

const connection = await connect({ transport: 'unix', path });
const wire = new Wire(connection.write.bind(connection));
try {
  const loaded = await load();
  if (loaded) worker = new Worker(wire, loaded);
  else await wire.write(failure(FAILED, 0, 404, `${fileName} exports no function (req, res)`));
} catch (error) {
  await wire.write(failure(FAILED, 0, 500, describeLoading(error)));
}
if (!worker) exit(1);
serve(connection, worker).finally(() => exit(0)); // the gateway is gone
