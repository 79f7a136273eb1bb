/** Who says that a name is his: a server by its host name, and what it has for the name. */
interface Claim<T> {
  readonly host: string;
  readonly value: T;
}

/** Names that servers claim. Of several the first in the file has it: the one whose host name comes first. */
export class NameClaims<T> {
  readonly #claims = new Map<string, readonly Claim<T>[]>();

  get size(): number {
    return this.#claims.size;
  }

  get(name: string): T | undefined {
    return this.#first(name)?.value;
  }

  /** The host name of the one that has it. */
  hostOf(name: string): string | undefined {
    return this.#first(name)?.host;
  }

  #first(name: string): Claim<T> | undefined {
    return this.#claims.get(name)?.[0];
  }

  add(name: string, host: string, value: T): void {
    const others = this.#claims.get(name);
    const claim = { host, value };
    if (others === undefined) this.#claims.set(name, [claim]);
    else
      this.#claims.set(
        name,
        [...others, claim].sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0)),
      );
  }

  remove(name: string, host: string): void {
    const left = this.#claims.get(name)?.filter((claim) => claim.host !== host) ?? [];
    if (left.length > 0) this.#claims.set(name, left);
    else this.#claims.delete(name);
  }
}
