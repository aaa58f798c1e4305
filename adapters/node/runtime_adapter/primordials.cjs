'use strict';
// What the adapter needs of the language, kept from before the function is loaded: the function may replace any of it.

const uncurry = Function.prototype.bind.bind(Function.prototype.call);

module.exports = {
  allocate: Buffer.allocUnsafe,
  bufferFrom: Buffer.from,
  byteLength: Buffer.byteLength,
  concat: Buffer.concat,
  bufferSlice: uncurry(Buffer.prototype.subarray),
  bufferText: uncurry(Buffer.prototype.toString),
  bufferWrite: uncurry(Buffer.prototype.write),
  defineProperty: Object.defineProperty,
  isArrayBuffer: require('node:util').types.isAnyArrayBuffer,
  isFinite: Number.isFinite,
  isInteger: Number.isInteger,
  isView: ArrayBuffer.isView,
  isWellFormed: uncurry(String.prototype.isWellFormed),
  includes: uncurry(String.prototype.includes),
  match: uncurry(RegExp.prototype.exec),
  push: uncurry(Array.prototype.push),
  put: uncurry(Uint8Array.prototype.set),
  replace: uncurry(String.prototype.replace),
  slice: uncurry(String.prototype.slice),
  split: uncurry(String.prototype.split),
  stringify: JSON.stringify,
};
