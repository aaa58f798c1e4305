// The probe: does whatever the payload's action says (tests/resources/probe/README.md).

import process from 'node:process';

type Request = { env: Record<string, string>; headers: Record<string, string>; payload: string };
type Response = { send(text: any, status?: any): Response; json(value: any, status?: any): Response };
type Action = (req: Request, res: Response, options: any) => unknown;

const LATE = 50;
/** Instead of /dev/null, which the function may not open. */
const OWN_FILE = new URL(import.meta.url);
const soon = (work: () => void) => setTimeout(work, LATE);
let count = 0;

class CustomError extends Error {}

class UnprintableError extends Error {
  override get message(): string { throw new TypeError('no text'); }
  override get stack(): string { throw new TypeError('no stack'); }
}

const recurse = (): number => recurse() + 1;

const throwers: Record<string, (text: string) => unknown> = {
  error: (text: string) => { throw new Error(text); },
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

const cycle: Record<string, unknown> = {};
cycle.cycle = cycle;

const unserialisable: Record<string, unknown> = {
  nan: NaN,
  infinity: [Infinity],
  cycle,
  bytes: { held: new TextEncoder().encode('bytes') },
  function: () => {},
  bigint: 1n,
  undefined,
};

function untilError(times: number, work: () => void) {
  let done = 0;
  try {
    for (; done < times; done += 1) work();
    return { done, error: null };
  } catch (error) {
    return { done, error: (error as Error).message };
  }
}

// Not permitted, which is the point: NotCapable.
const startSleeper = () => new Deno.Command('sleep', { args: ['60'], stdin: 'null' }).spawn();

const actions: Record<string, Action> = {
  answer: (req, res) => res.json({ env: req.env, payload: req.payload, headers: req.headers }),
  text: (_req, res, { text = 'Hello' }) => res.send(text),
  json: (_req, res, { value = null }) => res.json(value),
  both: (_req, res) => { res.send('first'); return res.json({ last: true }); },
  none: async () => {},
  twice: async (_req, res) => { res.send('first'); res.send('second'); },
  late: (_req, res) => { soon(() => res.send('too late')); return res.send('in time'); },
  later: (_req, res) => { soon(() => res.send('later')); },
  returned: () => ({ normal: 'no answer' }),
  late_error: (_req, res) => { soon(() => { throw new Error('late probe error'); }); return res.send('in time'); },
  status: (_req, res, { status }) => res.send('status', status),
  bytes: (_req, res) => res.send(new TextEncoder().encode('bytes')),
  unserialisable: (_req, res, { kind }) => res.json(unserialisable[kind]),
  throw: (_req, res, { kind = 'error', text = 'probe error' }) => {
    res.send('answered before the error');
    return throwers[kind](text);
  },
  sleep: (_req, res, { seconds = 1 }) =>
    new Promise((resolve) => setTimeout(resolve, seconds * 1000)).then(() => res.send('slept')),
  block: (_req, res, { seconds = 1 }) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
    return res.send('blocked');
  },
  spin: (_req, res, { seconds = null }) => {
    const end = seconds === null ? Infinity : performance.now() + seconds * 1000;
    while (performance.now() < end);
    return res.send('spun');
  },
  exit: (_req, res, { code = 0 }) => Deno.exit(code),
  abort: (_req, _res, { line }) => {
    if (line) Deno.writeTextFileSync('/tmp/begun', `${line}\n`, { append: true });
    process.abort();
  },
  print: (_req, res, { lines = 1, stream = 'stdout', bytes = 0, text }) => {
    const print = stream === 'stderr' ? console.error : console.log;
    for (let number = 1; number <= lines; number += 1) print((text ?? `line ${number} `).padEnd(bytes, 'x').trimEnd());
    return res.send('printed');
  },
  allocate: (_req, res, { mib = 1 }) => {
    const held = Array.from({ length: mib }, () => new Uint8Array(2 ** 20).fill(120));
    return res.send(held.length > 0 ? 'allocated' : 'nothing');
  },
  environ: (_req, res) => res.json(Deno.env.toObject()),
  read: (_req, res, { path }) => res.send(Deno.readTextFileSync(path)),
  kill: (_req, res, { pid, signal = 9 }) => { process.kill(pid, signal); return res.send('killed'); },
  forks: (_req, res, { count: times = 200 }) => {
    const { done, error } = untilError(times, startSleeper);
    return res.json({ started: done, error });
  },
  descriptors: (_req, res, { count: times = 100_000 }) => {
    const { done, error } = untilError(times, () => Deno.openSync(OWN_FILE));
    return res.json({ opened: done, error });
  },
  fill: (_req, res, { path = '/tmp/filled', mib = 1024 }) => {
    const file = Deno.openSync(path, { write: true, create: true, truncate: true });
    const block = new Uint8Array(2 ** 20).fill(120);
    let written = 0;
    const { error } = untilError(mib, () => { written += file.writeSync(block); });
    file.close();
    return res.json({ written, error });
  },
  tamper: (_req, res) => {
    Deno.chdir('/tmp');
    Deno.env.set('TZ', 'Pacific/Kiritimati');
    const language = globalThis as any;
    JSON.stringify = JSON.parse = null as any;
    language.TextEncoder.prototype.encode = language.TextDecoder.prototype.decode = () => null;
    language.TextEncoder.prototype.encodeInto = () => null;
    language.Uint8Array.prototype.set = language.Uint8Array.prototype.subarray = () => null;
    language.Uint8Array = language.Promise = null;
    String.prototype.split = String.prototype.replace = Array.prototype.join = null as any;
    language.Object.prototype.polluted = 'yes';
    language.Deno.exit = language.Deno.connect = () => {};
    return res.send('tampered');
  },
  mutate: (req, res) => {
    req.env.MUTATED = 'yes';
    req.headers.mutated = 'yes';
    req.payload = 'mutated';
    return res.json({ env: req.env, payload: req.payload, headers: req.headers });
  },
  counter: (_req, res) => { count += 1; return res.json({ counter: count }); },
  pid: (_req, res) => res.json({ pid: Deno.pid }),
  uid: (_req, res) => res.json({ uid: Deno.uid(), gid: Deno.gid() }),
  spawn: (_req, res) => res.json({ pid: startSleeper().pid }),
  big: (_req, res, { bytes }) => res.send('x'.repeat(bytes)),
  proto: (req, res) => res.json({ value: Object.getOwnPropertyDescriptor(req.env, '__proto__')?.value ?? null }),
};

function read(payload: string) {
  try {
    const options = JSON.parse(payload);
    return typeof options === 'object' && options !== null && !Array.isArray(options) ? options : {};
  } catch {
    return {};
  }
}

export default (req: Request, res: Response) => {
  const options = read(req.payload);
  return actions[options.action ?? 'answer'](req, res, options);
};
