/**
 * A backend as a scheduler sees it: IPVS's real server, nginx's peer, an endpoint behind a rule. IPVS's list has the newest
 * first, so have the arrays that its schedulers get; the others get theirs in the order of the configuration.
 */
export interface Server {
  /** Names the server for as long as the kernel keeps it, also while it waits in the trash. */
  readonly id: number;
  /** Most significant first: one signed 32-bit word for IPv4, four for IPv6. */
  readonly address: readonly number[];
  readonly port: number;
  /** 0 takes no new connections. */
  readonly weight: number;
  /** The last weight that was not 0 (or the one it was added with): what `mh` builds its table from. */
  readonly lastWeight: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  /** Above its upper threshold (`IP_VS_DEST_F_OVERLOAD`). */
  readonly overloaded: boolean;
}

/** What a scheduler may know of the packet that opens a connection. */
export interface Request {
  readonly sourceAddress: readonly number[];
  readonly sourcePort: number;
  readonly destinationAddress: readonly number[];
  /** Virtual time in milliseconds. */
  readonly nowMs: number;
  /** `sh-fallback`, `mh-fallback`: try other servers when the one that the hash names takes none. */
  readonly fallback: boolean;
  /** `sh-port`, `mh-port`: the source port counts too. */
  readonly usePort: boolean;
  /** net.ipv4.vs.lblc_expiration or lblcr_expiration, whichever is the scheduler's; a day unless given. */
  readonly expirationMs?: number;
  readonly destinationPort?: number;
  /** The number of the protocol above IP: 6 TCP, 17 UDP. */
  readonly protocol?: number;
  /** The next number of a uniform stream in [0, 1): one call a draw. Whoever draws says so and needs it. */
  readonly random?: () => number;
  /** What a hash of nginx is taken of: `$request_uri`, a header, as text. */
  readonly key?: string;
  /** The same as bytes, where they need not be a text in UTF-8; in the place of `key` for ingress-nginx's schedulers. */
  readonly keyBytes?: Uint8Array;
  /** The session cookie that the client sent. */
  readonly cookie?: string;
  /** Ids of the servers that this same request was sent to before, without an answer. */
  readonly tried?: readonly number[];
  /** Where the last try of this same request left the search; from the choice that it was. */
  readonly progress?: SearchProgress;
}

/** What a balancer of nginx keeps between the tries of one request: `hash`, `rehash` and `tries` of its peer data. */
export interface SearchProgress {
  readonly hash: number;
  readonly rehashes: number;
  /** Servers that the search hit and did not take. */
  readonly tries: number;
}

/** How it went with the server that was chosen. */
export interface Outcome {
  /** It did not answer, or not as nginx's `proxy_next_upstream` wants it. */
  readonly failed: boolean;
  /** The request went on to another server after this one; the last one that it tried has none of this. */
  readonly retried?: boolean;
  /** From the choice to the answer, in milliseconds. */
  readonly durationMs: number;
  /** Until the connection stood, in milliseconds: a part of `durationMs`. */
  readonly connectMs?: number;
  /** Virtual time in milliseconds. */
  readonly nowMs: number;
}

export interface Choice<State> {
  /** The state after this choice. */
  readonly state: State;
  /** Index in the array of servers; -1 when none takes the connection. */
  readonly index: number;
  /** How many servers were looked at. */
  readonly examined: number;
  /** The session cookie to set, where this choice began a session. */
  readonly cookie?: string;
  /** To be given with the request when it is tried again. */
  readonly progress?: SearchProgress;
}

/** Which part of all requests each server gets, exactly: `parts[i]` of `whole`. What the parts leave over, nobody takes. */
export interface Odds {
  readonly parts: readonly bigint[];
  readonly whole: bigint;
}

/**
 * How a backend is picked: pure functions over a state that is plain JSON. For IPVS, what the kernel keeps behind
 * `svc->sched_data` is `State`, and its handlers `init_service`, `add_dest`, `del_dest`, `upd_dest` and `schedule`
 * (include/net/ip_vs.h, struct ip_vs_scheduler) are the methods; nginx's `peer.init`, `peer.get` and `peer.free` map to
 * `start`, `choose` and `released`. `servers` is always the list as it stands after the change.
 *
 * Time and chance are no part of the state: they come with the request. The same state, servers and request make the same
 * choice, but `Request.random` is a stream that moves on with each draw; to go on from JSON, keep how far it has come beside
 * the state, as `Balance.chance` does.
 *
 * Who measures weights throws a RangeError for what is none when it is given the list, or at the first choice from it.
 *
 * @example
 * let state = rr.start(servers, 0);
 * const choice = rr.choose(state, servers, request);
 * if (choice.index >= 0) connectTo(servers[choice.index]);
 * state = choice.state;
 */
export interface Scheduler<State> {
  readonly name: string;
  start(servers: readonly Server[], nowMs: number): State;
  /** A server was put at `index`; IPVS puts it at the head of the list, 0. `nowMs` is for those who keep time by server. */
  added(state: State, servers: readonly Server[], index: number, nowMs?: number): State;
  /** The server that stood at `index` is gone. */
  removed(state: State, servers: readonly Server[], index: number, nowMs?: number): State;
  /** A server's weight or thresholds were set, even to what they were. */
  changed(state: State, servers: readonly Server[], nowMs?: number): State;
  /**
   * `removed`: servers that left the list and that the state remembers, as they are now (IPVS's trash; others may be among
   * them). A set of lblcr goes on counting with them.
   */
  choose(state: State, servers: readonly Server[], request: Request, removed?: Iterable<Server>): Choice<State>;
  /** Whether the state remembers a server: the kernel does not forget such a one as long as that is so. */
  remembers(state: State, id: number): boolean;
  /** Its timers run up to this time, with this `Request.expirationMs`; `choose` does the same for its own time. */
  elapsed?(state: State, nowMs: number, expirationMs?: number): State;
  /**
   * Where a table or dice decide: the exact odds of the next request of a client of which nothing is known, without
   * `fallback`. Absent where the sequence decides.
   */
  odds?(state: State, servers: readonly Server[]): Odds;
  /** The connection or request that went to `servers[index]` is over; for those who learn from it. */
  released?(state: State, servers: readonly Server[], index: number, outcome: Outcome): State;
}
