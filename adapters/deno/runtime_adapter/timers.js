// Timers whose errors are told with the call that they belong to.

const { apply } = Reflect;

/**
 * Makes what a timer throws reach `stray` while it is known whose timer it is: before Deno reports such an error, it has
 * forgotten which AsyncLocalStorage the timer ran in.
 */
export function guardTimers(stray) {
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    const original = globalThis[name];
    const guarded = (callback, ...rest) => {
      if (typeof callback !== 'function') return original(callback, ...rest);
      return original(function (...given) {
        try {
          return apply(callback, this, given);
        } catch (error) {
          stray(error);
        }
      }, ...rest);
    };
    globalThis[name] = Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
  }
}
