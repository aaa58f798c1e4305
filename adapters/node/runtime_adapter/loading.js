// What Node says of a file that cannot be loaded.

import { describe } from './errors.js';

/** What a failed load threw. Where an ES module's syntax error is, Node tells only the console of a fresh process. */
export async function describeLoading(thrown, file) {
  const message = describe(thrown);
  if (!(thrown instanceof SyntaxError) || message.includes('\n    at ')) return message;
  const { spawnSync } = await import('node:child_process');
  const [place] = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' }).stderr.split('\n');
  return place.includes(file) ? `${message}\n    at ${place.replace('file://', '')}` : message;
}
