import alea from "seedrandom/lib/alea.js";

/** The state of a stream, as JSON can hold it. */
export type RandomState = readonly number[];

/**
 * A named stream of random numbers. The same seed and name give the same numbers on every machine; a new stream does
 * not disturb the others.
 */
export interface Random {
  readonly seed: string;
  /** The next number in [0, 1), with 32 random bits. */
  next(): number;
  /** An integer in [0, bound). */
  below(bound: number): number;
  /** Another stream, seeded `seed + "/" + name`. */
  fork(name: string): Random;
  /** Where the stream stands; `restoreRandom` continues from there. */
  state(): RandomState;
}

/**
 * A stream seeded by text. Alea, not ARC4: an order of magnitude faster, and its state is four numbers.
 *
 * @example
 * seededRandom("lesson-1").fork("n1/statistic").next();
 */
export function seededRandom(seed: string): Random {
  return wrap(seed, alea(seed, { state: true }));
}

/** Continues a stream from a state that `state()` gave. */
export function restoreRandom(seed: string, state: RandomState): Random {
  const [c, s0, s1, s2] = state as [number, number, number, number];
  return wrap(seed, alea("", { state: { c, s0, s1, s2 } }));
}

/** A stream of its own that goes on where this one stands. */
export function copyRandom(random: Random): Random {
  return restoreRandom(random.seed, random.state());
}

type Alea = ReturnType<typeof alea>;

function wrap(seed: string, generator: Alea): Random {
  return {
    seed,
    next: generator,
    below: (bound) => Math.floor(generator() * bound),
    fork: (name) => seededRandom(`${seed}/${name}`),
    state: () => {
      const { c, s0, s1, s2 } = generator.state();
      return [c, s0, s1, s2];
    },
  };
}
