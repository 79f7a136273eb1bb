/** How far a seeded stream has come: a whole number of 32 bits, plain JSON. A seed is such a number. */
export type StreamState = number;

/** One number of the stream, in [0, 1), and the state after it (mulberry32). */
export function nextNumber(state: StreamState): { readonly number: number; readonly state: StreamState } {
  const next = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(next ^ (next >>> 15), 1 | next);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return { number: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, state: next };
}

/**
 * A uniform stream in [0, 1) that is the same for the same seed: chance for lessons, tests and examples.
 *
 * @param seed Its lowest 32 bits count.
 * @example
 * numgenRandom.choose(state, servers, { ...request, random: seededStream(7) });
 */
export function seededStream(seed: number): () => number {
  let state = seed;
  return () => {
    const drawn = nextNumber(state);
    state = drawn.state;
    return drawn.number;
  };
}
