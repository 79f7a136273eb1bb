import { createHash } from "node:crypto";
import { stream } from "./chance.ts";

export const kinds = ["round_robin", "ewma", "chash", "chashsubset", "sticky_balanced", "sticky_persistent"] as const;
type Kind = (typeof kinds)[number];

/** What happens to a balancer. Endpoints are numbers of the universe below. */
export type Event =
  | { readonly what: "sync"; readonly nowMs: number; readonly list: readonly number[] }
  | {
      readonly what: "pick";
      readonly nowMs: number;
      readonly key: string;
      readonly cookie: string | undefined;
      readonly tried: readonly number[];
    }
  | {
      readonly what: "done";
      readonly nowMs: number;
      readonly endpoint: number;
      readonly connectMs: number;
      readonly durationMs: number;
    };

export interface Case {
  readonly number: number;
  readonly kind: Kind;
  /** Of chashsubset. */
  readonly subsetSize: number;
  /** Of the sticky ones. */
  readonly changeOnFailure: boolean;
  /** The first is a sync of at least one endpoint. */
  readonly events: readonly Event[];
}

export const universe: readonly {
  readonly address: readonly number[];
  readonly text: string;
  readonly port: number;
}[] = Array.from({ length: 36 }, (_, i) =>
  i % 9 === 8
    ? {
        address: [0x20010db8, 0, i < 18 ? 0 : 1, i],
        text: `2001:db8::${i < 18 ? "" : "1:0:"}${i.toString(16)}`,
        port: 80,
      }
    : { address: [0x0af40000 + i * 37], text: `10.244.${(i * 37) >> 8}.${(i * 37) & 255}`, port: 8080 + (i % 3) },
);

/** As in the controller, for the backend of the case. */
export function backendOf(caseNumber: number): string {
  return `c${caseNumber}`;
}

/** `ip:port`, as it stands in the cases' cookies and answers. */
function endpointText(endpoint: number): string {
  const { text, port } = universe[endpoint]!;
  return text.includes(":") ? `[${text}]:${port}` : `${text}:${port}`;
}

/** The case of this number: kinds in turn, everything else by chance from the number. */
export function randomCase(number: number): Case {
  const random = stream(number, 1_000_000);
  const below = (count: number): number => Math.floor(random() * count);
  const kind = kinds[number % kinds.length]!;
  const spread = [3, 6, 12, 36][below(4)]!;
  let nowMs = 1_700_000_000_000 + below(1_000_000);
  let list = draw(1 + below(spread));
  const events: Event[] = [{ what: "sync", nowMs, list }];
  const length = 6 + below(18);
  while (events.length < length) {
    nowMs += below(5) === 0 ? below(30_000) : below(900);
    events.push(...next());
  }
  return { number, kind, subsetSize: 1 + below(5), changeOnFailure: below(2) === 1, events };

  function draw(count: number): number[] {
    const picked: number[] = [];
    while (picked.length < count) {
      const one = below(universe.length);
      if (!picked.includes(one)) picked.push(one);
    }
    return picked;
  }

  function next(): Event[] {
    const what = below(10);
    if (what === 0) return syncs();
    if (what < 4 && kind === "ewma" && list.length > 0) return [done()];
    return [pick()];
  }

  /** Changes of one endpoint each, as a Scheduler is told of them; now and then all go. */
  function syncs(): Event[] {
    const changes: Event[] = [];
    for (const left = list.length; list.length > 0 && below(6) === 0 && list.length > left - 3; ) leave(changes);
    const choice = below(3);
    if (choice === 0 && list.length > 0) leave(changes);
    else if (choice === 1 && list.length > 1) list = [...list.slice(1), list[0]!];
    else {
      const one = below(universe.length);
      if (!list.includes(one)) list = list.toSpliced(below(list.length + 1), 0, one);
    }
    changes.push({ what: "sync", nowMs, list });
    return changes;
  }

  function leave(changes: Event[]): void {
    list = list.toSpliced(below(list.length), 1);
    changes.push({ what: "sync", nowMs, list });
  }

  function pick(): Event {
    const key = below(12) === 0 ? "" : `/${below(1_000_000).toString(36)}${below(8) === 0 ? "é" : ""}`;
    const cookie = [undefined, key, `${key}|c0ffee`, "|", "||x|y"][below(12)] ?? cookieFor(below(universe.length));
    const tried = below(4) === 0 ? list.filter(() => below(2) === 0) : [];
    return { what: "pick", nowMs, key, cookie, tried };
  }

  /** Half of all requests have none; the others what a persistent session of some endpoint would have. */
  function cookieFor(endpoint: number): string | undefined {
    return below(2) === 0 ? undefined : persistentKey(endpoint);
  }

  function persistentKey(endpoint: number): string {
    return createHash("md5")
      .update(backendOf(number) + endpointText(endpoint))
      .digest("hex");
  }

  function done(): Event {
    const durationMs = below(2000);
    const endpoint = list[below(list.length)]!;
    return { what: "done", nowMs, endpoint, connectMs: Math.floor(durationMs / 10), durationMs };
  }
}
