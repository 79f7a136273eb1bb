/**
 * A real server as a scheduler sees it. The kernel's list has the newest first: so have all arrays of servers here.
 * Counts are those of `ipvsadm -Ln`.
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
}

export interface Choice<State> {
  /** The state after this choice. */
  readonly state: State;
  /** Index in the array of servers; -1 when none takes the connection. */
  readonly index: number;
  /** How many real servers were looked at. */
  readonly examined: number;
}

/**
 * How IPVS picks a real server: pure functions over a state that is plain JSON. What the kernel keeps behind
 * `svc->sched_data` is `State`; its handlers `init_service`, `add_dest`, `del_dest`, `upd_dest` and `schedule`
 * (include/net/ip_vs.h, struct ip_vs_scheduler) are the methods. `servers` is always the list as it stands after the
 * change.
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
  /** A server was put at `index`: always 0, the head of the list. */
  added(state: State, servers: readonly Server[]): State;
  /** The server that stood at `index` is gone. */
  removed(state: State, servers: readonly Server[], index: number): State;
  /** A server's weight or thresholds were set, even to what they were. */
  changed(state: State, servers: readonly Server[]): State;
  choose(state: State, servers: readonly Server[], request: Request): Choice<State>;
  /** Whether the state remembers a server: the kernel does not forget such a one as long as that is so. */
  remembers(state: State, id: number): boolean;
}
