/**
 * The new value with the parts of the old one in the place of its own where both say the same, in the same order: versions of
 * an object that are kept take what they differ in. Parts that are frozen stay as they are; the others are written to.
 *
 * @example
 * sharingWith(before, { ...before, spec: structuredClone(before.spec) }).spec === before.spec; // true
 */
export function sharingWith<T>(old: unknown, value: T): T {
  // Equal texts are one, too.
  if (old === value) return old as T;
  if (!isParted(old) || !isParted(value)) return value;
  if (Array.isArray(old) !== Array.isArray(value)) return value;
  const mayWrite = !Object.isFrozen(value);
  const was = old as Record<string, unknown>;
  const is = value as Record<string, unknown>;
  const oldKeys = Object.keys(was);
  let count = 0;
  let same = true;
  for (const key in is) {
    const given = is[key];
    const isSameKey = oldKeys[count++] === key;
    const known = isSameKey || Object.hasOwn(was, key) ? was[key] : undefined;
    const shared = sharingWith(known, given);
    same &&= isSameKey && shared === known;
    if (mayWrite && (shared !== given || isLongText(given))) is[key] = shared;
  }
  return same && count === oldKeys.length ? (old as T) : value;
}

/** Shorter ones the engine keeps once by itself, or nearly so. */
function isLongText(value: unknown): boolean {
  return typeof value === "string" && value.length > 12;
}

function isParted(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
