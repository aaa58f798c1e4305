// The Node worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).

import { connect } from 'node:net';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { log } from './errors.js';
import { describeLoading } from './loading.js';
import { Later } from './primordials.js';
import { Worker } from './worker.js';

const USAGE_ERROR = 64;
const exit = process.exit.bind(process);
const { RUNTIME_SOCKET: path } = process.env;
const file = process.argv[2];
if (!path || !file) {
  log('this is the worker of a Node function, which the gateway starts; run /usr/local/src/launch.sh instead');
  exit(USAGE_ERROR);
}
const takesContext = process.env.RUNTIME_SHAPE === 'context';
delete process.env.RUNTIME_SOCKET;
delete process.env.RUNTIME_SHAPE;
process.argv.splice(1, 1);

const socket = connect(path);
const write = socket.write.bind(socket);
let flushed = () => {};
const written = () => { if (socket.writableLength === 0) flushed(); };

const shape = takesContext ? await import('./context.js') : undefined; // not loaded where it is not needed
const worker = new Worker((bytes) => {
  write(bytes, written);
  return socket.writableLength === 0 ? null : new Later((resolve) => { flushed = resolve; });
}, shape);
if (takesContext) {
  const { route, taking } = await import('./printing.js');
  const take = taking(worker.current);
  route(process.stdout, 0, take);
  route(process.stderr, 1, take);
}
socket.on('data', (bytes) => worker.take(bytes, bytes.length));
socket.on('error', () => {}); // 'close' follows: the gateway is gone
socket.on('close', () => exit(0));
process.on('uncaughtException', worker.stray);
process.on('unhandledRejection', worker.stray);
const describe = (thrown) => describeLoading(thrown, file);
if (!(await worker.load(pathToFileURL(file), basename(file), describe))) exit(1);
