// The function's file, which is the main module.

import { describe } from './errors.js';
import { replace } from './primordials.js';

/** The file's address. */
export const { mainModule } = Deno;
/** The file without its folder. */
export const fileName = replace(mainModule, /.*\//, '');

/** What a failed load threw. Of a syntax error Deno tells type and place in the text of another error. */
export const describeLoading = (thrown) =>
  replace(describe(thrown), /^TypeError: (SyntaxError: [^]*?)\n {4}at file:\S+/, '$1');
