import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { Directive, ServerBlock, ServerKey } from "../corefile/corefile.ts";
import type { Dispenser } from "../corefile/dispenser.ts";
import type { DnsMessage, Edns, Question } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";
import type { DnsName } from "../message/resource-record.ts";

export type DnsTransport = "udp" | "tcp";

/** A query on its way through the plugins of a server block. */
export interface DnsRequest {
  /** As it came, or as a plugin before has rewritten it. */
  readonly message: DnsMessage;
  readonly question: Question;
  /** The question's name in lower case. */
  readonly name: DnsName;
  /** The zone of the server block that it fell into. */
  readonly zone: DnsName;
  readonly transport: DnsTransport;
  /** Where it came from, as the server's socket says: behind a masquerade the node's address. */
  readonly client: string;
  readonly clientPort: number;
  /** Which of the server's listeners it came in by: where the server asks itself, that one answers. */
  readonly listener: number;
  /** Milliseconds of the virtual clock. */
  readonly nowMs: number;
  /** How often the server has asked itself for this query already: what keeps circles of aliases from going on (LoopKey). */
  readonly depth?: number | undefined;
  /** Where plugins say why they did what they did; nobody asks for it on the hot path. */
  readonly steps?: DnsStep[] | undefined;
}

/** What one plugin did with a query, for people to read. */
export interface DnsStep {
  readonly plugin: string;
  readonly text: string;
  /** The API objects behind it: `Service default/web`. */
  readonly objects?: readonly string[];
}

/**
 * What a plugin's handler did. As in CoreDNS it either writes a message, and then `rcode` is of no more account than that it is
 * told to the plugins before; or it writes none, and then the server makes one of the code (plugin.ClientWrite).
 */
export interface DnsReply {
  readonly message?: DnsMessage | undefined;
  readonly rcode: Rcode;
  /** What the log says of it: `plugin/forward: no next plugin found`. */
  readonly error?: string | undefined;
  /** What was asked for in the end where a plugin has rewritten the question: the log of those before it tells of that one. */
  readonly asked?: Question | undefined;
  /** What the reply must fit into where that is not what the query says (plugin/bufsize). */
  readonly clientEdns?: Edns | undefined;
  /** Milliseconds that it waited for other servers; none where it is left out. */
  readonly tookMs?: number | undefined;
  /** What goes after the message over the same connection: the rest of a zone that one message cannot hold. */
  readonly following?: readonly DnsMessage[] | undefined;
}

/** Answers a query, or passes it on to the next one. */
export type DnsHandler = (request: DnsRequest) => DnsReply;

/**
 * A plugin of one server block, set up: `handle` wraps what comes after it. State that a plugin keeps (a cache, records) is
 * its own; `update` tells it of changed objects, `nextChange` and other needs of time go by `nowMs` of the requests.
 */
export interface RunningPlugin {
  /**
   * Undefined for a plugin that handles no queries (`errors` does, `ready` does not). Where it is the last one, `next` fails
   * with "no next plugin found".
   */
  readonly handle?: (next: DnsHandler, isLast: boolean) => DnsHandler;
  readonly update?: (changes: readonly Change[], state: ClusterState, nowMs: number) => void;
  /** What other plugins of the block ask it for (`PluginSetup.sibling`), and the server for its own settings. */
  readonly offers?: unknown;
}

/** What a server and its plugins are started with. */
export interface ServerSurroundings {
  /** The objects as the server's watches have seen them; undefined as long as none has been answered. */
  readonly state: ClusterState | undefined;
  readonly nowMs: number;
  readonly random: Random;
  /** The server's own addresses, without those of loopback: those of its Pod. */
  readonly addresses: readonly string[];
  /** The text of a file that the server can read: `/etc/resolv.conf`, `/etc/hosts`, a zone. Undefined where there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** The paths of the files below a directory. Left out where the server has none. */
  readonly listFiles?: (directory: string) => readonly string[];
  /** Asks another server. Undefined where nothing answers; within how long is the plugin's affair. */
  readonly exchange: (address: string, port: number, transport: DnsTransport, query: DnsMessage) => Exchange;
  /** A line of the server's log. */
  readonly log: (line: string) => void;
}

/** How asking another server went. */
export type Exchange =
  | { readonly kind: "answered"; readonly message: DnsMessage; readonly tookMs: number }
  | { readonly kind: "refused" | "timeout"; readonly tookMs: number };

/** What a plugin's setup gets to see. */
export interface PluginSetup {
  /** All of its lines in the block: most plugins allow one. */
  readonly directives: readonly Directive[];
  readonly key: ServerKey;
  readonly block: ServerBlock;
  readonly surroundings: ServerSurroundings;
  /** Asks the whole server itself, as plugins do to follow a CNAME (plugin/pkg/upstream). */
  readonly askSelf: DnsHandler;
  /**
   * What another plugin of the same block offers: autopath asks kubernetes. Undefined where the block has none; ask it while
   * handling a query, when all are set up.
   */
  readonly sibling: (plugin: string) => unknown;
  /** The zones of the block: what a plugin is for that names none itself (plugin.OriginsFromArgsOrServerBlock). */
  readonly zones: readonly DnsName[];
  /** The words of its lines, as the real setup goes through them. */
  readonly words: () => Dispenser;
}

/**
 * A plugin by its name in the Corefile.
 *
 * @throws ParseError for a directive that the real setup refuses, in its words; UnsupportedError for an option that is not modelled.
 */
export interface PluginDefinition {
  readonly name: string;
  readonly setup: (setup: PluginSetup) => RunningPlugin;
}
