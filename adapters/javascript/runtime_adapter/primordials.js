// What the adapter needs of the language, kept from before the function is loaded: the function may replace any of it.

import { Buffer } from './builtins.js';

const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // a text may begin with one

const Bytes = Uint8Array;

export const Later = Promise;
export const Mistake = TypeError;
export const { isView } = ArrayBuffer;
export const { parse, stringify } = JSON;
export const { isFinite, isInteger } = Number;
export const { create, defineProperty } = Object;

/** Room for so many bytes, from a pool while they are few, with anything in it. */
export const allocate = Buffer.allocUnsafe;
export const put = uncurry(Bytes.prototype.set);
/** A view of bytes, from `start` to `end`. (`subarray` takes several times as long with what `allocate` gives.) */
export const part = (bytes, start, end = bytes.length) => new Bytes(bytes.buffer, bytes.byteOffset + start, end - start);

/** Text as UTF-8. */
export const encode = encoder.encode.bind(encoder);
export const encodeInto = encoder.encodeInto.bind(encoder);
export const decode = decoder.decode.bind(decoder);

export const match = uncurry(RegExp.prototype.exec);
export const includes = uncurry(String.prototype.includes);
export const isWellFormed = uncurry(String.prototype.isWellFormed);
export const replace = uncurry(String.prototype.replace);
export const slice = uncurry(String.prototype.slice);
export const split = uncurry(String.prototype.split);
