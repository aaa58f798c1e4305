'use strict';
// The Node worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).
//
// CommonJS, so that a function finds a `require.main`, as in any program; and Node (20.19, 22.12 and newer) is ready
// sooner with ES modules that are required than with those that are imported.

const { connect } = require('node:net');
const { basename } = require('node:path');
const { pathToFileURL } = require('node:url');
const { log } = require('./runtime_adapter/errors.js');
const { describeLoading } = require('./runtime_adapter/loading.js');
const { Later } = require('./runtime_adapter/primordials.js');
const { Worker } = require('./runtime_adapter/worker.js');

const USAGE_ERROR = 64;
const exit = process.exit.bind(process);
const { RUNTIME_SOCKET: path } = process.env;
const file = process.argv[2];
if (!path || !file) {
  log('this is the worker of a Node function, which the gateway starts; run /usr/local/src/launch.sh instead');
  exit(USAGE_ERROR);
}
delete process.env.RUNTIME_SOCKET;
process.argv.splice(1, 1);

const socket = connect(path);
const write = socket.write.bind(socket);
let flushed = () => {};
const written = () => { if (socket.writableLength === 0) flushed(); };

const worker = new Worker((bytes) => {
  write(bytes, written);
  return socket.writableLength === 0 ? null : new Later((resolve) => { flushed = resolve; });
});
socket.on('data', (bytes) => worker.take(bytes, bytes.length));
socket.on('error', () => {}); // 'close' follows: the gateway is gone
socket.on('close', () => exit(0));
process.on('uncaughtException', worker.stray);
process.on('unhandledRejection', worker.stray);
worker
  .load(pathToFileURL(file), basename(file), (thrown) => describeLoading(thrown, file))
  .then((loaded) => loaded || exit(1));
