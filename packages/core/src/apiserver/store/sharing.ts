/**
 * The new value with the parts of the old one in the place of its own where both say the same, in the same order: versions of
 * an object that are kept take what they differ in. Parts that are frozen stay as they are; the others are written to.
 *
 * @example
 * sharingWith(before, { ...before, spec: structuredClone(before.spec) }).spec === before.spec; // true
 */
export function sharingWith<T>(old: unknown, value: T): T {
  if (old === value || !isParted(old) || !isParted(value)) return value;
  if (Array.isArray(old) !== Array.isArray(value)) return value;
  const mayWrite = !Object.isFrozen(value);
  const was = old as Record<string, unknown>;
  const is = value as Record<string, unknown>;
  const keys = Object.keys(is);
  const oldKeys = Object.keys(was);
  let same = keys.length === oldKeys.length;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (!Object.hasOwn(was, key)) {
      same = false;
      continue;
    }
    const given = is[key];
    const shared = sharingWith(was[key], given);
    same &&= shared === was[key] && oldKeys[i] === key;
    if (mayWrite && shared !== given) is[key] = shared;
  }
  return same ? (old as T) : value;
}

function isParted(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
