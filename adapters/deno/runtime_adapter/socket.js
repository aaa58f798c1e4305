// The connection to the gateway, through Node's module.

import { connect } from 'node:net';
import { Later } from './primordials.js';

/**
 * Deno's own connection never says that a write was done at once, so what a function logs before it ends its process or never
 * gives way would still be waiting. Node's does. It is not used for (req, res): loading it takes some milliseconds.
 *
 * @param {string} path
 * @returns {Promise<{send: Function, serve: Function}>} `send` as Wire takes it; `serve` gives a worker what the gateway sends
 */
export async function open(path) {
  const socket = connect(path);
  await new Later((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const write = socket.write.bind(socket);
  let flushed = () => {};
  const written = () => { if (socket.writableLength === 0) flushed(); };
  return {
    send: (bytes) => {
      write(bytes, written);
      return socket.writableLength === 0 ? null : new Later((resolve) => { flushed = resolve; });
    },
    serve: (worker) => new Later((resolve) => {
      socket.on('data', (bytes) => worker.take(bytes, bytes.length));
      socket.on('error', () => {}); // 'close' follows
      socket.on('close', resolve);
    }),
  };
}
