import { chash } from "@kubenetsim/schedulers/ingress-nginx/chash";
import { chashSubset } from "@kubenetsim/schedulers/ingress-nginx/chashsubset";
import { ewma } from "@kubenetsim/schedulers/ingress-nginx/ewma";
import { roundRobin } from "@kubenetsim/schedulers/ingress-nginx/round-robin";
import { backendKey, sessionKey } from "@kubenetsim/schedulers/ingress-nginx/session";
import { stickyBalancedWith } from "@kubenetsim/schedulers/ingress-nginx/sticky-balanced";
import { stickyPersistentWith } from "@kubenetsim/schedulers/ingress-nginx/sticky-persistent";
import type { Outcome, Scheduler, Server } from "@kubenetsim/schedulers/scheduler";
import { requestFrom, serversOf } from "@kubenetsim/schedulers/servers";
import type { Backend } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import { hashKey } from "./hash-key.ts";
import type { RequestContext } from "./request-context.ts";
import { luaCookie } from "./request-cookies.ts";

/** What a backend's balancer picked for a try. */
export interface Pick {
  readonly endpoint: string;
  /** Index in the list of the balancer's endpoints. */
  readonly index: number;
  /** The value of a session cookie that begins. */
  readonly cookie: string | undefined;
}

/** No balancer of the controller looks at the client's address itself. */
const anyClient = requestFrom("192.0.2.1:1024");

/** The number that stands for nginx's process in session keys. */
const worker = 1;

/** The balancer of one backend with its state (rootfs/etc/nginx/lua/balancer.lua). */
export class BackendBalancer {
  readonly backend: Backend;
  readonly #scheduler: Scheduler<unknown>;
  readonly #servers: readonly Server[];
  readonly #endpoints: readonly string[];
  #state: unknown;

  constructor(backend: Backend, nowMs: number) {
    this.backend = backend;
    this.#scheduler = schedulerOf(backend);
    this.#endpoints = backend.endpoints.map(formatEndpoint);
    this.#servers = serversOf(this.#scheduler, this.#endpoints);
    this.#state = this.#scheduler.start(this.#servers, nowMs);
  }

  /** The same balancer for what a backend is now: its state goes on where the way of balancing is the same. */
  update(backend: Backend, nowMs: number): BackendBalancer {
    const next = new BackendBalancer(backend, nowMs);
    if (next.#scheduler.name === this.#scheduler.name) {
      next.#state = next.#scheduler.changed(this.#state, next.#servers, nowMs);
    }
    return next;
  }

  /** Picks an endpoint; undefined when none is found. `tried` are indexes of those that this request failed with. */
  pick(context: RequestContext, tried: readonly number[]): Pick | undefined {
    const { sessionAffinity, upstreamHashBy } = this.backend;
    const cookie = sessionAffinity.type === "cookie" ? luaCookie(context, cookieName(this.backend)) : undefined;
    const { sourceAddress, sourcePort, destinationAddress } = anyClient;
    const request = {
      sourceAddress,
      sourcePort,
      destinationAddress,
      fallback: false,
      usePort: false,
      nowMs: context.nowMs,
      random: context.random,
      keyBytes: upstreamHashBy.expression === "" ? noBytes : bytesOf(hashKey(context, upstreamHashBy.expression)),
      tried,
    };
    const asked = cookie === undefined ? request : { ...request, cookie };
    const choice = this.#scheduler.choose(this.#state, this.#servers, asked);
    this.#state = choice.state;
    if (choice.index < 0) return undefined;
    return { endpoint: this.#endpoints[choice.index]!, index: choice.index, cookie: choice.cookie };
  }

  /** The request is over with this endpoint. */
  release(index: number, outcome: Outcome): void {
    const released = this.#scheduler.released?.(this.#state, this.#servers, index, outcome);
    if (released !== undefined) this.#state = released;
  }

  /** Whether the client's session cookie was set by this backend (sticky.lua `is_affinitized`). */
  isAffinitized(context: RequestContext): boolean {
    if (this.backend.sessionAffinity.type !== "cookie") return false;
    const cookie = luaCookie(context, cookieName(this.backend));
    if (cookie === undefined || sessionKey(cookie) === undefined) return false;
    return cookie.split("|").filter((part) => part !== "")[1] === backendKey(this.backend.name);
  }
}

/** The name of a backend's session cookie. */
export function cookieName({ sessionAffinity }: Backend): string {
  return sessionAffinity.cookie.name || "route";
}

/** `get_implementation`: a session wins over hashing, hashing over `load-balance`. */
function schedulerOf({ name, sessionAffinity, upstreamHashBy, loadBalance }: Backend): Scheduler<unknown> {
  const session = { backend: name, changeOnFailure: sessionAffinity.cookie.changeOnFailure, worker };
  if (sessionAffinity.type === "cookie") {
    const isPersistent = sessionAffinity.mode === "persistent";
    return (isPersistent ? stickyPersistentWith(session) : stickyBalancedWith(session)) as Scheduler<unknown>;
  }
  if (upstreamHashBy.expression !== "") {
    return (upstreamHashBy.subset ? chashSubset(upstreamHashBy.subsetSize) : chash) as Scheduler<unknown>;
  }
  return (loadBalance === "ewma" ? ewma : roundRobin) as Scheduler<unknown>;
}

const noBytes = new Uint8Array();

/** Of a text whose characters are a request's bytes. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
