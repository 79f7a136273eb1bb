import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Corefile } from "../corefile/corefile.ts";
import { type DnsMessage, replyTo } from "../message/dns-message.ts";
import { isInZone, lowerName } from "../message/dns-name.ts";
import type { Rcode } from "../message/rcode.ts";
import type { DnsName } from "../message/resource-record.ts";
import { type LoopProbe, probeQuery } from "../plugins/loop.ts";
import type { DnsReply, DnsRequest, DnsStep, DnsTransport, ServerSurroundings } from "../plugins/plugin.ts";
import { type PluginTable, pluginTable } from "../plugins/plugin-table.ts";
import { writtenMessage } from "../plugins/written-message.ts";
import { acceptMessage, acceptQuery } from "../wire/accept-query.ts";
import { encodeMessage } from "../wire/encode-message.ts";
import { type FittedReply, fitReply } from "../wire/fit-reply.ts";
import { type Listener, listenersOf, type ServedZone } from "./listeners.ts";
import { type ProcessFacts, processFacts } from "./process-facts.ts";
import type { RunningBlock } from "./running-block.ts";
import { setUp } from "./set-up.ts";

/** How a query came to the server. */
export interface QueryArrival {
  /** Whom it came from, as the server's socket says. */
  readonly client: string;
  readonly clientPort: number;
  readonly transport: DnsTransport;
  /** The server's port that it came to. */
  readonly port: number;
  /** The server's address that it came to; left out where all are alike. */
  readonly address?: string;
  /** Milliseconds of the virtual clock. */
  readonly nowMs: number;
  /** Filled with what the plugins say of their doing. */
  readonly steps?: DnsStep[];
}

/** A reply as it is sent. */
export interface Response extends FittedReply {
  /** Milliseconds that the server waited for others before it could answer. */
  readonly tookMs?: number | undefined;
  /** What is sent after it over the same connection: the rest of a zone that one message cannot hold. */
  readonly following?: readonly FittedReply[] | undefined;
}

const udpQuerySize = 512;

/**
 * A CoreDNS process: the server blocks of a Corefile with their plugins, caches and records (core/dnsserver/server.go).
 *
 * @example
 * const server = DnsServer.start(parseCorefile(text), surroundings);
 * server.answer(queryFor(1, "web.default.svc.cluster.local.", "A"), { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 });
 */
export class DnsServer {
  /** Where it listens for DNS, over UDP and TCP alike. */
  readonly listeners: readonly Listener[];
  readonly #blocks: readonly RunningBlock[];

  private constructor(corefile: Corefile, surroundings: ServerSurroundings, plugins: PluginTable) {
    this.#blocks = setUp(corefile, {
      plugins,
      surroundings,
      askSelf: (request) => {
        const response = serve(this.listeners[request.listener]!, request);
        return { message: response?.message, rcode: response?.message.rcode ?? "NOERROR", tookMs: response?.tookMs };
      },
    });
    this.listeners = listenersOf(this.#blocks);
  }

  /**
   * Sets up all plugins. `plugins` are those that there are, by name: all that are modelled where it is left out.
   *
   * @throws ParseError for what the real setup refuses, in its words; UnsupportedError for plugins and options that are not modelled
   */
  static start(corefile: Corefile, surroundings: ServerSurroundings, plugins: PluginTable = pluginTable): DnsServer {
    return new DnsServer(corefile, surroundings, plugins);
  }

  /** What its plugins say of the whole process: reload, lameduck, HTTP ports. */
  get facts(): ProcessFacts {
    return processFacts(this.#blocks);
  }

  /**
   * What it does once after its start: with `loop` it asks itself for a name that nobody else knows. Gives the words that it dies
   * with when the query comes back to it; call it when its address is reachable, since other servers may send it back.
   */
  probeLoops(nowMs: number): string | undefined {
    for (const { keys, plugins, addresses } of this.#blocks) {
      const probe = plugins.get("loop")?.offers as LoopProbe | undefined;
      if (probe === undefined) continue;
      const { port } = keys[0]!;
      const address = addresses[0]!;
      this.answer(probeQuery(probe), {
        client: "127.0.0.1",
        clientPort: 32768,
        transport: "udp",
        port,
        address,
        nowMs,
      });
      probe.isOver = true;
      if (probe.fatal !== undefined) return probe.fatal;
    }
    return undefined;
  }

  /** The ports that it answers DNS on, each once. */
  get ports(): readonly number[] {
    return [...new Set(this.listeners.map(({ port }) => port))];
  }

  /** The answer as it is sent, of several messages the first. Undefined where nothing is, and where nothing listens. */
  answer(message: DnsMessage, arrival: QueryArrival): DnsMessage | undefined {
    return this.respond(message, arrival)?.message;
  }

  /** The answer, whether names are compressed where it is sent, and what is sent after it. */
  respond(message: DnsMessage, arrival: QueryArrival): Response | undefined {
    const accepted = acceptMessage(message);
    if (accepted.kind === "query") return this.#respondTo(message, arrival);
    const isHeard = accepted.kind === "reply" && this.#listenerAt(arrival) !== undefined;
    return isHeard ? uncompressed(accepted.message) : undefined;
  }

  /**
   * The same with the bytes of packets: what is sent back, one message after the other; none where nothing is. Of a query over UDP
   * no more than 512 bytes are read (miekg/dns, Server.UDPSize).
   */
  respondToBytes(bytes: Uint8Array, arrival: QueryArrival): readonly Uint8Array[] {
    const accepted = acceptQuery(arrival.transport === "udp" ? bytes.subarray(0, udpQuerySize) : bytes);
    if (accepted.kind === "ignored") return [];
    if (accepted.kind === "reply") return [encodeMessage(accepted.message, { compress: false })];
    const response = this.#respondTo(accepted.message, arrival);
    if (response === undefined) return [];
    return [response, ...(response.following ?? [])].map((reply) => encodeMessage(reply.message, reply));
  }

  /** A header that counts a question and has nothing behind it is taken, too. */
  #respondTo(message: DnsMessage, arrival: QueryArrival): Response | undefined {
    const listener = this.#listenerAt(arrival);
    if (listener === undefined) return undefined;
    const [question] = message.questions;
    if (question === undefined) return uncompressed(replyTo(message, "SERVFAIL"));
    const { client, clientPort, transport, nowMs, steps } = arrival;
    const name = lowerName(question.name);
    return serve(listener, {
      message,
      question,
      name,
      zone: ".",
      transport,
      client,
      clientPort,
      listener: this.listeners.indexOf(listener),
      nowMs,
      steps,
    });
  }

  /** Tells the plugins of changed objects. */
  update(changes: readonly Change[], state: ClusterState, nowMs: number): void {
    for (const { plugins } of this.#blocks)
      for (const plugin of plugins.values()) plugin.update?.(changes, state, nowMs);
  }

  /** A socket that is bound to the address comes before one that takes all. */
  #listenerAt({ port, address }: QueryArrival): Listener | undefined {
    const there = this.listeners.filter((listener) => listener.port === port);
    if (address === undefined) return there[0];
    return there.find((listener) => listener.address === address) ?? there.find((listener) => listener.address === "");
  }
}

/** What the server does with a query that has been taken (Server.ServeDNS). */
function serve(listener: Listener, request: DnsRequest): Response | undefined {
  const { message, question } = request;
  if (question.class !== "IN" && !listener.otherClasses) return errorReply(request, "REFUSED");
  if (message.edns !== undefined && message.edns.version !== 0) return badVersion(message);
  const served = blockFor(listener, request.name, question.type === "DS" && message.opcode === "QUERY");
  if (served?.block.chain === undefined) {
    request.steps?.push({
      plugin: "server",
      text: `no server block of port ${listener.port} is for this name: REFUSED`,
    });
    return errorReply(request, "REFUSED");
  }
  return responseOf(
    request,
    served.block.chain(request.zone === served.zone ? request : { ...request, zone: served.zone }),
  );
}

function responseOf(request: DnsRequest, reply: DnsReply): Response | undefined {
  const { clientEdns, tookMs, following } = reply;
  const query = clientEdns === undefined ? request.message : { ...request.message, edns: clientEdns };
  const written = writtenMessage(query, reply);
  if (written === undefined) return undefined;
  const fitted = fitReply(query, written, request);
  if (tookMs === undefined && following === undefined) return fitted;
  return { ...fitted, tookMs, following: following?.map((one) => fitReply(query, one, request)) };
}

/**
 * The longest zone that the name is in. A DS record lies in the parent's zone, so that the shortest but the root has it; a block
 * without plugins ends the search.
 */
function blockFor({ zones }: Listener, name: DnsName, parents: boolean): ServedZone | undefined {
  let found: ServedZone | undefined;
  for (const served of zones) {
    if (!isInZone(name, served.zone)) continue;
    if (found !== undefined && served.zone === ".") return found;
    if (!parents || served.block.chain === undefined) return served;
    found = served;
  }
  return found;
}

function errorReply(request: DnsRequest, rcode: Rcode): FittedReply {
  return fitReply(request.message, replyTo(request.message, rcode), request);
}

/** plugin/pkg/edns, Version. */
function badVersion(message: DnsMessage): FittedReply {
  const edns = { udpSize: 0, version: 0, do: false, options: [] };
  return uncompressed({ ...replyTo(message, "BADVERS"), edns });
}

function uncompressed(message: DnsMessage): FittedReply {
  return { message, compress: false };
}
