/** An object with all of its fields writable: what decoding gives and defaulting, allocation and storing fill in. */
export type Draft<T> = T extends readonly (infer E)[]
  ? Draft<E>[]
  : T extends object
    ? { -readonly [P in keyof T]: Draft<T[P]> }
    : T;
