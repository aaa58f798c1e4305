// Node's own HTTP server with a bare handler: what the runtime is compared with.
require('node:http').createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { payload, env } = JSON.parse(Buffer.concat(parts));
    const body = JSON.stringify({ normal: 'Hello World!', env1: env.ENV1, payload });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
}).listen(3000);
