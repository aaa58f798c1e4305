'use strict';
// The probe of Node and Bun: does whatever the payload's action says (tests/resources/probe/README.md).

const { spawn } = require('node:child_process');
const fs = require('node:fs');

const LATE = 50;
const soon = (work) => setTimeout(work, LATE);
let count = 0;

class CustomError extends Error {}

class UnprintableError extends Error {
  get message() { throw new TypeError('no text'); }
  get stack() { throw new TypeError('no stack'); }
}

const recurse = () => recurse() + 1;

const throwers = {
  error: (text) => { throw new Error(text); },
  custom: () => { throw new CustomError('custom text'); },
  null: () => { throw null; },
  undefined: () => { throw undefined; },
  string: () => { throw 'a string'; },
  number: () => { throw 42; },
  object: () => { throw { some: 'object' }; },
  bare: () => { throw Object.create(null); },
  proxy: () => { throw new Proxy({}, { get() { throw new Error('trap'); } }); },
  recursion: () => recurse(),
  odd: () => { throw new Error('odd \ud800\0\u202e text'); },
  long: () => { throw new Error('x'.repeat(1_000_000)); },
  unprintable: () => { throw new UnprintableError(); },
  cause: () => { throw new Error('outer', { cause: new TypeError('inner') }); },
  rejected: async () => { await null; throw new Error('probe error'); },
  callback: () => new Promise(() => soon(() => { throw new Error('probe error'); })),
  unhandled: () => new Promise(() => { Promise.reject(new Error('probe error')); }),
};

const cycle = {};
cycle.cycle = cycle;

const unserialisable = {
  nan: NaN,
  infinity: [Infinity],
  cycle,
  bytes: { held: Buffer.from('bytes') },
  function: () => {},
  bigint: 1n,
  undefined,
};

function untilError(times, work) {
  let done = 0;
  try {
    for (; done < times; done += 1) work();
    return { done, error: null };
  } catch (error) {
    return { done, error: error.message };
  }
}

const startSleeper = () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  if (child.pid === undefined) throw new Error('no process could be started');
  child.unref();
  return child;
};

const actions = {
  answer: (req, res) => res.json({ env: req.env, payload: req.payload, headers: req.headers }),
  text: (req, res, { text = 'Hello' }) => res.send(text),
  json: (req, res, { value = null }) => res.json(value),
  both: (req, res) => { res.send('first'); return res.json({ last: true }); },
  none: async () => {},
  twice: async (req, res) => { res.send('first'); res.send('second'); },
  late: (req, res) => { soon(() => res.send('too late')); return res.send('in time'); },
  later: (req, res) => { soon(() => res.send('later')); },
  returned: () => ({ normal: 'no answer' }),
  late_error: (req, res) => { soon(() => { throw new Error('late probe error'); }); return res.send('in time'); },
  status: (req, res, { status }) => res.send('status', status),
  bytes: (req, res) => res.send(Buffer.from('bytes')),
  unserialisable: (req, res, { kind }) => res.json(unserialisable[kind]),
  throw: (req, res, { kind = 'error', text = 'probe error' }) => {
    res.send('answered before the error');
    return throwers[kind](text);
  },
  sleep: (req, res, { seconds = 1 }) =>
    new Promise((resolve) => setTimeout(resolve, seconds * 1000)).then(() => res.send('slept')),
  block: (req, res, { seconds = 1 }) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
    return res.send('blocked');
  },
  spin: (req, res, { seconds = null }) => {
    const end = seconds === null ? Infinity : performance.now() + seconds * 1000;
    while (performance.now() < end);
    return res.send('spun');
  },
  exit: (req, res, { code = 0 }) => process.exit(code),
  abort: (req, res, { line }) => {
    if (line) fs.appendFileSync('/tmp/begun', `${line}\n`);
    process.abort();
  },
  print: (req, res, { lines = 1, stream = 'stdout', bytes = 0, text }) => {
    const print = stream === 'stderr' ? console.error : console.log;
    for (let number = 1; number <= lines; number += 1) print((text ?? `line ${number} `).padEnd(bytes, 'x').trimEnd());
    return res.send('printed');
  },
  allocate: (req, res, { mib = 1 }) => {
    const held = Array.from({ length: mib }, () => Buffer.alloc(2 ** 20, 'x'));
    return res.send(held.length > 0 ? 'allocated' : 'nothing');
  },
  environ: (req, res) => res.json(process.env),
  read: (req, res, { path }) => res.send(fs.readFileSync(path, 'utf8')),
  kill: (req, res, { pid, signal = 9 }) => { process.kill(pid, signal); return res.send('killed'); },
  forks: (req, res, { count: times = 200 }) => {
    const { done, error } = untilError(times, startSleeper);
    return res.json({ started: done, error });
  },
  descriptors: (req, res, { count: times = 100_000 }) => {
    const { done, error } = untilError(times, () => fs.openSync('/dev/null', 'r'));
    return res.json({ opened: done, error });
  },
  fill: (req, res, { path = '/tmp/filled', mib = 1024 }) => {
    const file = fs.openSync(path, 'w');
    const block = Buffer.alloc(2 ** 20, 'x');
    let written = 0;
    const { error } = untilError(mib, () => { written += fs.writeSync(file, block); });
    fs.closeSync(file);
    return res.json({ written, error });
  },
  tamper: (req, res) => {
    process.chdir('/');
    process.env.TZ = 'Pacific/Kiritimati';
    JSON.stringify = JSON.parse = null;
    Buffer.from = Buffer.concat = Buffer.compare = Buffer.allocUnsafe = () => Buffer.alloc(0);
    TextEncoder.prototype.encode = TextEncoder.prototype.encodeInto = TextDecoder.prototype.decode = () => null;
    Uint8Array.prototype.set = Uint8Array.prototype.subarray = () => null;
    globalThis.Uint8Array = globalThis.Promise = null;
    String.prototype.split = String.prototype.replace = Array.prototype.join = null;
    Object.prototype.polluted = 'yes';
    process.exit = () => {};
    return res.send('tampered');
  },
  mutate: (req, res) => {
    req.env.MUTATED = 'yes';
    req.headers.mutated = 'yes';
    req.payload = 'mutated';
    return res.json({ env: req.env, payload: req.payload, headers: req.headers });
  },
  counter: (req, res) => { count += 1; return res.json({ counter: count }); },
  pid: (req, res) => res.json({ pid: process.pid }),
  uid: (req, res) => res.json({ uid: process.getuid(), gid: process.getgid() }),
  spawn: (req, res) => res.json({ pid: startSleeper().pid }),
  big: (req, res, { bytes }) => res.send('x'.repeat(bytes)),
  proto: (req, res) => res.json({ value: Object.getOwnPropertyDescriptor(req.env, '__proto__')?.value ?? null }),
};

function read(payload) {
  try {
    const options = JSON.parse(payload);
    return typeof options === 'object' && options !== null && !Array.isArray(options) ? options : {};
  } catch {
    return {};
  }
}

module.exports = (req, res) => {
  const options = read(req.payload);
  return actions[options.action ?? 'answer'](req, res, options);
};
