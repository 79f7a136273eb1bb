// Keys of maps are the user's: `__proto__` is a key like another, which JavaScript takes for the prototype, and
// `constructor` is none before somebody writes it.

/** The value of an object's own key; undefined where it has none. */
export function ownField<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an object's own key, whatever it is called. */
export function setField<T>(object: Record<string, T>, key: string, value: NoInfer<T>): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}
