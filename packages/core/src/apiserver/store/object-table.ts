import { type ApiObject, type ObjectKey, objectKey } from "../../model/api-object.ts";
import { KeyedVector } from "./keyed-vector.ts";

/** The objects of one kind: a persistent, frozen table. Objects are listed in the order in which they were created. */
export class ObjectTable<T extends ApiObject> {
  static readonly empty: ObjectTable<never> = new ObjectTable<never>(KeyedVector.empty);

  readonly #objects: KeyedVector<T>;

  private constructor(objects: KeyedVector<T>) {
    this.#objects = objects;
    Object.freeze(this);
  }

  static of<T extends ApiObject>(objects: readonly T[]): ObjectTable<T> {
    return new ObjectTable(KeyedVector.from(objects.map((object) => [objectKey(object), object] as const)));
  }

  get size(): number {
    return this.#objects.size;
  }

  /** By `namespace/name`, or `name` where the kind has no namespace. */
  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key);
  }

  has(key: ObjectKey): boolean {
    return this.#objects.has(key);
  }

  /** @param key the object's, where it is at hand */
  put(object: T, key: ObjectKey = objectKey(object)): ObjectTable<T> {
    return new ObjectTable(this.#objects.set(key, object));
  }

  putAll(objects: readonly T[]): ObjectTable<T> {
    return new ObjectTable(this.#objects.setAll(objects.map((object) => [objectKey(object), object] as const)));
  }

  delete(key: ObjectKey): ObjectTable<T> {
    const rest = this.#objects.delete(key);
    return rest === this.#objects ? this : new ObjectTable(rest);
  }

  /** With the table's own texts of the keys: who keeps one keeps no other. */
  entries(): (readonly [key: ObjectKey, object: T])[] {
    return this.#objects.entries();
  }

  keys(): ObjectKey[] {
    return this.#objects.keys();
  }

  values(): T[] {
    return this.#objects.values();
  }

  /** All objects, or those of one namespace. */
  list(namespace?: string): T[] {
    const all = this.values();
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.values()[Symbol.iterator]();
  }

  /** As JSON a table is the list of its objects. */
  toJSON(): T[] {
    return this.values();
  }
}
