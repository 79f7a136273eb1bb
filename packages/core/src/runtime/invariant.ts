import { InvariantError } from "./errors.ts";

/** Throws an `InvariantError` when something that must hold does not. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
