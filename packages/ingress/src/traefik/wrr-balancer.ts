import { sha256Hex } from "@kubenetsim/core/runtime/sha256-hex";
import { sha1 } from "@noble/hashes/legacy.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { CookieSettings } from "./annotations.ts";
import type { Server, TraefikService } from "./dynamic-configuration.ts";

export interface Pick {
  readonly server: Server;
  /** A Set-Cookie that makes the client come back to it. */
  readonly cookie?: string;
  /** It is where the client's cookie says. */
  readonly isKept: boolean;
}

interface Turn {
  readonly server: Server;
  deadline: number;
}

/**
 * Weighted round robin by earliest deadline, each server with weight 1 (pkg/server/service/loadbalancer/wrr/wrr.go), after a shuffle
 * (pkg/server/service/service.go). With a cookie it keeps a client at its server (loadbalancer/sticky.go).
 */
export class WrrBalancer {
  readonly #cookie: CookieSettings | undefined;
  readonly #cookieName: string;
  /** A heap as Go's container/heap keeps it. */
  readonly #heap: Turn[] = [];
  readonly #byHash = new Map<string, Server>();

  constructor({ name, servers, cookie }: TraefikService, random: () => number) {
    this.#cookie = cookie;
    this.#cookieName = cookie === undefined ? "" : cookieName(cookie, `${name}@kubernetes`);
    for (const server of shuffled(servers, random)) {
      this.#push({ server, deadline: 1 });
      this.#byHash.set(hashOf(server), server);
    }
  }

  /** The server of a request's turn; undefined where none may be chosen. */
  pick(cookies: string): Pick | undefined {
    const kept = this.#cookie && this.#byHash.get(cookieValue(cookies, this.#cookieName) ?? "");
    if (kept !== undefined) return { server: kept, isKept: true };
    if (this.#heap.every(({ server }) => server.fenced)) return undefined;
    const server = this.#next();
    if (this.#cookie === undefined) return { server, isKept: false };
    return { server, isKept: false, cookie: cookieText(this.#cookieName, hashOf(server), this.#cookie) };
  }

  #next(): Server {
    while (true) {
      const turn = this.#pop();
      this.#push({ server: turn.server, deadline: turn.deadline + 1 });
      if (!turn.server.fenced) return turn.server;
    }
  }

  #push(turn: Turn): void {
    const heap = this.#heap;
    let at = heap.push(turn) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[at]!.deadline >= heap[parent]!.deadline) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #pop(): Turn {
    const heap = this.#heap;
    const end = heap.length - 1;
    this.#swap(0, end);
    let at = 0;
    while (2 * at + 1 < end) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = right < end && heap[right]!.deadline < heap[left]!.deadline ? right : left;
      if (heap[child]!.deadline >= heap[at]!.deadline) break;
      this.#swap(at, child);
      at = child;
    }
    return heap.pop()!;
  }

  #swap(left: number, right: number): void {
    const turn = this.#heap[left]!;
    this.#heap[left] = this.#heap[right]!;
    this.#heap[right] = turn;
  }
}

/** In an order of chance (Fisher and Yates). */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const drawn = [...list];
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [drawn[i], drawn[j]] = [drawn[j]!, drawn[i]!];
  }
  return drawn;
}

function hashOf({ url }: Server): string {
  return sha256Hex(url).slice(0, 16);
}

/** pkg/server/cookie/cookie.go. */
function cookieName({ name }: CookieSettings, service: string): string {
  if (name !== "") return name.replace(/[^!#$%&'*+\-.^`|~a-zA-Z0-9]/g, "_");
  return `_${bytesToHex(sha1(utf8ToBytes(`_TRAEFIK_BACKEND_${service}`)))}`.slice(0, 6);
}

function cookieValue(cookies: string, name: string): string | undefined {
  const pairs = cookies.split(";").map((each) => each.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** As Go's http.Cookie writes it. */
function cookieText(name: string, value: string, settings: CookieSettings): string {
  const { path, domain, maxAge, httpOnly, secure, sameSite } = settings;
  const site = { none: "None", lax: "Lax", strict: "Strict" }[sameSite.toLowerCase()];
  return [
    `${name}=${value}`,
    ...(path === "" ? [] : [`Path=${path}`]),
    ...(domain === "" ? [] : [`Domain=${domain.replace(/^\./, "")}`]),
    ...(maxAge === 0 ? [] : [`Max-Age=${Math.max(maxAge, 0)}`]),
    ...(httpOnly ? ["HttpOnly"] : []),
    ...(secure ? ["Secure"] : []),
    ...(site === undefined ? [] : [`SameSite=${site}`]),
  ].join("; ");
}
