import { EventEmitter } from "eventemitter3";

/** Told of values one by one, in the order in which they came. */
export type Listener<T> = (value: T) => void;

/**
 * A listener threw. What it was told of has happened all the same, and every other listener has been told; `cause` is
 * what was thrown first.
 */
export class ListenerError extends Error {
  override readonly name = "ListenerError";

  constructor(cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(`a listener of changes threw; the changes themselves are made: ${text}`, { cause });
  }
}

/** For watching only: nothing in the simulator depends on who listens. */
export class ChangeEvents<T> {
  readonly #emitter = new EventEmitter<{ change: [T] }>();

  /** Returns how to stop listening. */
  watch(listener: Listener<T>): () => void {
    this.#emitter.on("change", listener);
    return () => {
      this.#emitter.off("change", listener);
    };
  }

  /**
   * To be called when all that the values tell of stands.
   *
   * @throws ListenerError when a listener threw, after all of them have been told of all values.
   */
  tell(values: readonly T[]): void {
    if (this.#emitter.listenerCount("change") === 0) return;
    const thrown: unknown[] = [];
    for (const value of values) {
      for (const listener of this.#emitter.listeners("change")) {
        try {
          listener(value);
        } catch (reason) {
          thrown.push(reason);
        }
      }
    }
    if (thrown.length > 0) throw new ListenerError(thrown[0]);
  }
}
