type Method = (this: never, ...args: never[]) => unknown;

/**
 * Puts `wrap(original)` in place of a method, as hidden as the original was inherited: not enumerable, same name and
 * length. `original` is what was found there, own or inherited.
 */
export function patch(target: object, name: string, wrap: (original: Method) => (...args: never[]) => unknown): void {
  const original = (target as Record<string, unknown>)[name];
  if (typeof original !== 'function') return;
  const wrapped = wrap(original as Method);
  Object.defineProperty(wrapped, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapped, 'length', { value: original.length, configurable: true });
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, {
    value: wrapped,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
}
