import { EventEmitter } from "eventemitter3";

/** Told of values one by one, in the order in which they came. */
export type Listener<T> = (value: T) => void;

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

  tell(values: readonly T[]): void {
    if (this.#emitter.listenerCount("change") === 0) return;
    for (const value of values) this.#emitter.emit("change", value);
  }
}
