'use strict';
// The Node worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).

const { connect } = require('node:net');
const { basename } = require('node:path');
const { Worker } = require('./runtime_adapter/worker.cjs');
const { describe, log } = require('./runtime_adapter/errors.cjs');
const { FAILED, failure } = require('./runtime_adapter/frames.cjs');
const { describeLoading, load } = require('./runtime_adapter/loading.cjs');

const USAGE_ERROR = 64;
const exit = process.exit.bind(process);

async function main() {
  const { RUNTIME_SOCKET: path } = process.env;
  const file = process.argv[2];
  if (!path || !file) {
    log('this is the worker of a Node function, which the gateway starts; run /usr/local/src/launch.sh instead');
    exit(USAGE_ERROR);
  }
  delete process.env.RUNTIME_SOCKET;
  process.argv.splice(1, 1);

  let worker;
  const stray = (error) => (worker ? worker.stray(error) : log(describe(error)));
  process.on('uncaughtException', stray);
  process.on('unhandledRejection', stray);

  const socket = connect(path);
  socket.on('error', () => {}); // 'close' follows: the gateway is gone
  socket.on('close', () => exit(0));
  const giveUp = (code, message) => socket.write(failure(FAILED, 0, code, message), () => exit(1));
  try {
    const loaded = await load(file);
    if (loaded) worker = new Worker(socket, loaded);
    else giveUp(404, `${basename(file)} exports no function (req, res)`);
  } catch (error) {
    giveUp(500, describeLoading(error, file));
  }
}

main();
