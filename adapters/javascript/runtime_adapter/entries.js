// What an entry of the log says of the values that it is made of (docs/protocol-v5.md, V14).

import { types } from './builtins.js';
import { isView, stringify } from './primordials.js';

const { isMap, isNativeError, isRegExp, isSet } = types;

/** The values as one text, with a blank between two. */
export function entry(values) {
  let text = '';
  for (let index = 0; index < values.length; index += 1) text += (index === 0 ? '' : ' ') + textOf(values[index]);
  return text;
}

function textOf(value) {
  try {
    if (isNativeError(value) || value instanceof Error) return `${value.stack || value}`;
    if (typeof value === 'object' && value !== null) return stringify(value, plain) ?? String(value);
    return String(value);
  } catch {
    return fallback(value); // a circle, or something that throws when it is looked at
  }
}

function fallback(value) {
  try {
    return String(value);
  } catch {
    return `${typeof value} that throws when it is looked at`;
  }
}

/** What JSON has no word for: digits for a BigInt, lists for a Set, a Map (of pairs) and numbers, text for the rest. */
function plain(key, value) {
  const original = this[key]; // dates, URLs and bytes have a toJSON, and are something else by now
  if (typeof value === 'bigint' || isRegExp(original)) return String(original);
  if (typeof value !== 'object' || value === null) return value;
  if (isNativeError(original)) return `${original.stack || original}`;
  if (isSet(original) || isMap(original)) return [...original];
  return isView(original) && !(original instanceof DataView) ? [...original] : value;
}
