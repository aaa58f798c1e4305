// The Bun worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).

import { basename } from 'node:path';
import { describe, log } from './runtime_adapter/errors.js';
import { FAILED, FrameReader, failure } from './runtime_adapter/frames.js';
import { describeLoading, load } from './runtime_adapter/loading.js';
import { Wire } from './runtime_adapter/wire.js';
import { Worker } from './runtime_adapter/worker.js';

const USAGE_ERROR = 64;
const exit = process.exit.bind(process);
const { RUNTIME_SOCKET: unix } = process.env;
const file = process.argv[2];
if (!unix || !file) {
  log('this is the worker of a Bun function, which the gateway starts; run /usr/local/src/launch.sh instead');
  exit(USAGE_ERROR);
}
delete process.env.RUNTIME_SOCKET;
process.argv.splice(1, 1);

let worker;
const stray = (error) => (worker ? worker.stray(error) : log(describe(error)));
process.on('uncaughtException', stray);
process.on('unhandledRejection', stray);

const reader = new FrameReader();
let frames = [];
let taking = false;

/** Takes the frames that are there, one after the other, so that each is STARTED in its turn. */
async function take() {
  if (taking) return;
  taking = true;
  while (frames.length > 0) {
    const waiting = frames;
    frames = [];
    for (let index = 0; index < waiting.length; index += 1) await worker.take(waiting[index]);
  }
  taking = false;
}

const connection = await Bun.connect({
  unix,
  socket: {
    data(_connection, bytes) {
      reader.add(bytes, bytes.length);
      for (let frame = reader.next(); frame !== null; frame = reader.next()) frames[frames.length] = frame;
      take();
    },
    drain: () => wire.flush(),
    close: () => exit(0), // the gateway is gone
    error: () => exit(0),
  },
});
const wire = new Wire(connection.write.bind(connection));
try {
  const loaded = await load(file);
  if (loaded) worker = new Worker(wire, loaded);
  else await wire.write(failure(FAILED, 0, 404, `${basename(file)} exports no function (req, res)`));
} catch (error) {
  await wire.write(failure(FAILED, 0, 500, describeLoading(error)));
}
if (!worker) exit(1);
