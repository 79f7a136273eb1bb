import { InputTable } from "../derived/table.ts";
import { defaultServerName } from "./configuration.ts";
import { compareIngresses, comparePlaces } from "./ingress-order.ts";
import { type BackendUse, type HostUse, type IngressUses, usesOf } from "./ingress-uses.ts";
import type { ParsedIngress } from "./model-source.ts";
import { withItems } from "./sorted-list.ts";

/** The key of tables with one value. */
export const only = "";

interface KnownIngress {
  readonly parsed: ParsedIngress;
  readonly uses: IngressUses;
}

/** Which Ingresses name a host or a backend, each list in their order. */
export class IngressIndex {
  readonly backendUses: InputTable<readonly BackendUse[]> = new InputTable();
  readonly hostUses: InputTable<readonly HostUse[]> = new InputTable();
  readonly canaries: InputTable<readonly ParsedIngress[]> = new InputTable();
  /** Hosts that only canaries name, which have no server for that. */
  readonly orphanHosts: InputTable<readonly string[]> = new InputTable();
  /** Whether an Ingress is no canary. */
  readonly hasPrimary: InputTable<boolean> = new InputTable();
  readonly #known = new Map<string, KnownIngress>();
  readonly #pending = new Map<string, ParsedIngress | undefined>();
  readonly #orphans = new Set<string>();
  #primaries = 0;

  /** Hears of an Ingress, by its key; undefined for one that is gone. */
  set(key: string, parsed: ParsedIngress | undefined): void {
    this.#pending.set(key, parsed);
  }

  /** Puts what it heard of in its place; the answer names the hosts and backends that are concerned. */
  update(): { readonly hosts: Iterable<string>; readonly backends: Iterable<string> } {
    const removed: KnownIngress[] = [];
    const added: KnownIngress[] = [];
    for (const [key, parsed] of this.#pending) {
      const before = this.#known.get(key);
      if (before !== undefined) removed.push(before);
      this.#known.delete(key);
      if (parsed === undefined) continue;
      const known = { parsed, uses: usesOf(parsed) };
      this.#known.set(key, known);
      added.push(known);
    }
    this.#pending.clear();
    const gone = new Set(removed.map(({ parsed }) => parsed));
    const backends = groups(removed, added, ({ uses }) => uses.backends, "name");
    for (const [name, uses] of backends) replace(this.backendUses, name, gone, uses, comparePlaces, ofPlace);
    const hosts = groups(removed, added, ({ uses }) => uses.hosts, "host");
    for (const [host, uses] of hosts) {
      replace(this.hostUses, host, gone, uses, comparePlaces, ofPlace);
      this.#noteOrphan(host);
    }
    if (hosts.size > 0) this.#listOrphans();
    this.#listCanaries(removed, added, gone);
    return { hosts: hosts.keys(), backends: backends.keys() };
  }

  #noteOrphan(host: string): void {
    const uses = this.hostUses.get(host);
    const isOrphan = host !== defaultServerName && uses !== undefined && uses.every(isOfCanary);
    if (isOrphan) this.#orphans.add(host);
    else this.#orphans.delete(host);
  }

  #listOrphans(): void {
    const before = this.orphanHosts.get(only) ?? [];
    const isSame = before.length === this.#orphans.size && before.every((host) => this.#orphans.has(host));
    if (!isSame) this.orphanHosts.set(only, [...this.#orphans]);
  }

  #listCanaries(
    removed: readonly KnownIngress[],
    added: readonly KnownIngress[],
    gone: ReadonlySet<ParsedIngress>,
  ): void {
    const canariesOf = (known: readonly KnownIngress[]): ParsedIngress[] =>
      known.map(({ parsed }) => parsed).filter(isCanary);
    const [fewer, more] = [canariesOf(removed), canariesOf(added)];
    this.#primaries += added.length - more.length - (removed.length - fewer.length);
    this.hasPrimary.set(only, this.#primaries > 0);
    if (fewer.length > 0 || more.length > 0) {
      replace(this.canaries, only, gone, more, compareIngresses, (parsed) => parsed);
    }
  }
}

function isCanary({ annotations }: ParsedIngress): boolean {
  return annotations.canary.enabled;
}

export function isOfCanary({ parsed }: HostUse): boolean {
  return isCanary(parsed);
}

function ofPlace({ parsed }: { parsed: ParsedIngress }): ParsedIngress {
  return parsed;
}

/** By key what is added to it; also keys that only lose something. */
function groups<P extends Record<K, string>, K extends string>(
  removed: readonly KnownIngress[],
  added: readonly KnownIngress[],
  usesIn: (known: KnownIngress) => readonly P[],
  key: K,
): Map<string, P[]> {
  const byKey = new Map<string, P[]>();
  for (const known of removed) for (const use of usesIn(known)) byKey.set(use[key], []);
  for (const known of added) {
    for (const use of usesIn(known)) {
      const group = byKey.get(use[key]);
      if (group === undefined) byKey.set(use[key], [use]);
      else group.push(use);
    }
  }
  return byKey;
}

/** Takes out of a sorted list what is of Ingresses that are gone, and puts in what is new. */
function replace<T>(
  table: InputTable<readonly T[]>,
  key: string,
  gone: ReadonlySet<ParsedIngress>,
  added: readonly T[],
  compare: (left: T, right: T) => number,
  parsedOf: (item: T) => ParsedIngress,
): void {
  const before = table.get(key) ?? [];
  const kept = gone.size === 0 ? before : before.filter((item) => !gone.has(parsedOf(item)));
  const items = withItems(kept, added, compare);
  table.set(key, items.length === 0 ? undefined : items);
}
