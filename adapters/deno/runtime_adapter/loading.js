// Loads the function's file, which is the main module.

import { describe } from './errors.js';

const { mainModule } = Deno;
const replace = Function.prototype.call.bind(String.prototype.replace);

/** The function's file without its folder. */
export const fileName = replace(mainModule, /.*\//, '');

/** The function that the file exports as `export default`, `module.exports` or `exports.default`; else undefined. */
export async function load() {
  const { default: exported } = await import(mainModule);
  if (typeof exported === 'function') return exported;
  return typeof exported?.default === 'function' ? exported.default : undefined;
}

/** What a failed load threw. Of a syntax error Deno tells type and place in the text of another error. */
export const describeLoading = (thrown) =>
  replace(describe(thrown), /^TypeError: (SyntaxError: [^]*?)\n {4}at file:\S+/, '$1');
