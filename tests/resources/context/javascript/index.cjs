// Does what the path says, as the tests of functions that take a context want it (tests/adapters/context).
const { execFileSync } = require('node:child_process');
const { setTimeout: sleep } = require('node:timers/promises');

const seen = ({ method, scheme, host, port, path, queryString, url, query, headers, bodyText }) => (
  { method, scheme, host, port, path, queryString, url, query, headers, bodyText });

class Late {
  constructor() { this.self = this; }
}

const actions = {
  seen: ({ req, res }) => res.json(seen(req), 201, { 'X-Answer': 'yes' }),
  bytes: ({ req, res }) => res.binary(req.bodyBinary.map((byte) => 255 - byte)),
  body: ({ req, res }) => res.json({ type: typeof req.body, body: req.body, same: req.body === req.body, raw: req.bodyRaw }),
  text: ({ res }) => res.text('naïve 🎉', 202, { 'content-type': 'text/html' }),
  number: ({ res }) => res.text(5),
  empty: ({ res }) => res.empty(),
  redirect: ({ res }) => res.redirect('https://example.org/', 302, { 'x-more': 1 }),
  send: ({ res }) => res.send(7, 200),
  'send-bytes': ({ res }) => res.send(Buffer.from([255, 0])),
  cookies: ({ res }) => res.text('x', 200, { 'set-cookie': ['a=1', 'b=2'], 'x-none': null }),
  headers: ({ res }) => res.text('x', 200, new Headers([['a', '1'], ['set-cookie', 'b=2'], ['set-cookie', 'c=3']])),
  blob: ({ res }) => res.binary(new Blob([new Uint8Array([0, 255])])),
  own: () => ({ body: 'own', statusCode: 203 }),
  nothing: ({ res }) => { res.text('not returned'); },
  nonsense: () => 'text',
  status: ({ res }) => res.text('x', '200'),
  unserialisable: ({ res }) => res.json(1n),
  throws: ({ log }) => { log('before'); throw new TypeError('on purpose'); },
  rejects: async () => { await sleep(1); throw null; },
  bad: ({ req }) => req.bodyJson,
  values({ log, error, res }) {
    log('one', 2, true, null, undefined, 3n, Symbol('s'));
    log({ a: [1, { b: 2n }], set: new Set([1]), map: new Map([['k', 1]]), date: new Date(0), url: new URL('http://a/'), bytes: new Uint8Array([1, 2]) });
    log(new Late());
    error(new RangeError('logged'));
    return res.empty();
  },
  prints({ log, res }) {
    console.log('one %d', 1);
    log('two');
    console.error('three');
    process.stderr.write(''); // as execFileSync does for a child that writes nothing there
    process.stdout.write('four\nfive\n');
    process.stdout.write(Buffer.from('six'));
    return res.empty();
  },
  async 'all-prints'({ res }) {
    console.warn('warned');
    console.group('group');
    console.log('within');
    console.groupEnd();
    console.count();
    require('node:process').stderr.write('stream\n');
    console.write?.('own', ' ', Buffer.from('1\n')); // of Bun
    if (globalThis.Deno) {
      Deno.stdout.writeSync(Buffer.from('own 1\n'));
      await Deno.stderr.write(Buffer.from('own 2\n'));
      await Deno.stdout.write(Buffer.from('own 3\n'));
    }
    return res.empty();
  },
  async many({ req, log, error, res }) {
    for (let round = 0; round < 50; round += 1) {
      log(`log ${req.bodyText}`);
      await sleep(round % 3);
      console.log(`print ${req.bodyText}`);
      if (round % 10 === 0) error(execFileSync('echo', [req.bodyText], { encoding: 'utf8' }).trim());
    }
    return res.empty();
  },
  'throws-late': ({ res }) => { setTimeout(() => { throw new RangeError('too late'); }, 10); return res.empty(); },
  late: ({ log, res }) => {
    setTimeout(() => { log('late'); console.log('late, printed'); }, 10);
    return res.empty();
  },
  sleep: async ({ res }) => { await sleep(50); return res.empty(); },
  environment: ({ res }) => res.json([process.env.RUNTIME_SOCKET ?? null, process.env.RUNTIME_SHAPE ?? null]),
};

module.exports = (context) => actions[context.req.path.slice(1)](context);
