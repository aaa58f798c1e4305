// What the probe can do, for Node, Bun and Deno (tests/resources/probe_v5/README.md). CommonJS, which all of them can import.
const { createHash } = require('node:crypto');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');

const seen = ({ method, scheme, host, port, path, queryString, url, query, headers, bodyBinary }) => ({
  method, scheme, host, port, path, queryString, url, query, headers,
  size: bodyBinary.length, sha256: createHash('sha256').update(bodyBinary).digest('hex'),
});

// Runs a command of the shell whose output is this function's own.
const child = (command) => new Promise((resolve, reject) => {
  spawn('sh', ['-c', command], { stdio: 'inherit' }).on('error', reject).on('exit', resolve);
});

const actions = {
  seen: ({ req, res }) => res.json(seen(req)),
  body: ({ req, res }) => res.json({ kind: typeof req.body, body: req.body, text: req.bodyText, raw: req.bodyRaw }),
  'body-json': ({ req, res }) => res.json({ value: req.bodyJson }),
  echo: ({ req, res }) => res.binary(req.bodyBinary, 200, { 'content-type': 'application/octet-stream' }),
  text: ({ res }, { text = 'text', status, headers }) => res.text(text, status, headers),
  json: ({ res }, { value, status, headers }) => res.json(value, status, headers),
  binary: ({ res }) => res.binary(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
  empty: ({ res }) => res.empty(),
  redirect: ({ res }, { url, status }) => res.redirect(url, status),
  send: ({ res }, { body }) => res.send(body),
  big: ({ res }, { bytes }) => res.binary(Buffer.alloc(bytes, 'x')),
  'many-headers': ({ res }, { number, size }) => res.text('text', 200, Object.fromEntries(
    Array.from({ length: number }, (_, at) => [`x-${at}`, 'v'.repeat(size)]))),
  'not-returned': ({ res }) => { res.text('first', 201); return res.text('second'); },
  nothing: ({ res }) => { res.text('not returned'); },
  throws: ({ log }) => { log('before'); throw new TypeError('on purpose'); },
  rejects: async ({ log }) => { await sleep(1); log('before'); throw new TypeError('on purpose'); },
  log: ({ res, log, error }, { logs = [], errors = [], prints = [] }) => {
    prints.forEach((each) => console.log(each));
    logs.forEach((each) => log(each));
    errors.forEach((each) => error(each));
    return res.text('logged');
  },
  values: ({ res, log, error }) => {
    log('one', 2, true, 'naïve 🎉');
    log({ a: [1, 'b'] }, [1, { c: null }]);
    error(new RangeError('logged'));
    return res.text('logged');
  },
  prints: async ({ res, log }) => {
    console.log('printed 1');
    log('logged 2');
    console.error('printed 3');
    process.stdout.write('printed 4\nprinted 5\n');
    return res.text('printed');
  },
  // `entries` entries of `characters` characters, by log or print.
  flood: ({ res, log }, { how, entries, characters }) => {
    const text = 'é'.repeat(characters);
    for (let entry = 0; entry < entries; entry += 1) (how === 'print' ? console.log : log)(text);
    return res.text('logged');
  },
  child: async ({ res }, { command }) => { await child(command); return res.text('ended'); },
  // Lines by the API, by print and by a child process, with sleeps between.
  mixed: async ({ res, log, error }, { name, lines }) => {
    for (let line = 0; line < lines; line += 1) {
      log(`${name} log ${line}`);
      await sleep(line % 3);
      console.log(`${name} print ${line}`);
      if (line % 10 === 0) await child(`for n in 0 1 2 3 4 5 6 7 8 9; do echo "${name} child $((${line} + n))"; done`);
      error(`${name} error ${line}`);
    }
    return res.text(name);
  },
  sleep: async ({ res, log }, { seconds, logs = [], text = 'slept' }) => {
    logs.forEach((each) => log(each));
    await sleep(seconds * 1000);
    log('too late');
    return res.text(text);
  },
  spin: ({ log }) => { log('before'); for (;;); },
  late: ({ res, log }) => {
    setTimeout(() => { log('late'); console.log('late, printed'); }, 100);
    return res.text('answered');
  },
  exit: ({ log }, { code }) => { log('before'); process.exit(code); },
  abort: ({ log }) => { log('before'); process.abort(); },
  signal: async ({ res }, { pid, name }) => {
    const target = { parent: process.ppid, self: process.pid }[pid] ?? pid;
    let text = 'sent';
    try { process.kill(target, name); } catch (error) { text = error.code; }
    await sleep(50);
    return res.text(text);
  },
  environment: ({ res }) => res.json({ ...process.env }),
  identity: ({ res }) => res.json({ user: process.getuid(), group: process.getgid(), groups: process.getgroups(), folder: __dirname }),
  read: ({ res }, { path }) => {
    try { return res.binary(fs.readFileSync(path)); } catch (error) { return res.text(error.code, 403); }
  },
  write: ({ res }, { path, text }) => {
    try { fs.appendFileSync(path, text); } catch (error) { return res.text(error.code, 403); }
    return res.text('written');
  },
  // Writes until the folder takes no more, at most so many MiB; keeps nothing.
  fill: ({ res }, { path, mib }) => {
    let said = 'written';
    try {
      const file = fs.openSync(path, 'w');
      try { for (let n = 0; n < mib; n += 1) fs.writeSync(file, Buffer.alloc(1048576)); } finally { fs.closeSync(file); }
    } catch (error) { said = error.code; }
    fs.rmSync(path, { force: true });
    return res.text(said);
  },
};

module.exports = async (context) => {
  const { headers } = context.req;
  const action = actions[headers['x-action'] ?? 'seen'];
  return action(context, JSON.parse(headers['x-with'] ?? '{}'));
};
