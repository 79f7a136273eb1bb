import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { DnsMessage } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";
import { nameInZone } from "../message/relative-name.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import type { SearchPathGiver } from "../plugins/autopath.ts";
import type { DnsHandler, DnsReply, DnsRequest, RunningPlugin, ServerSurroundings } from "../plugins/plugin.ts";
import { searchPathOf } from "../plugins/search-path.ts";
import type { ZoneTransferer } from "../plugins/zone-transferer.ts";
import { isInAnyZone, longestZone } from "../plugins/zones.ts";
import { AnswerMemory } from "./answer-memory.ts";
import type { BackendService } from "./backend-service.ts";
import { ElsewhereLookup } from "./elsewhere-lookup.ts";
import { explainAnswer } from "./explain.ts";
import { ObjectIndex } from "./object-index.ts";
import type { KubernetesOptions } from "./options.ts";
import { replyWith } from "./reply-with.ts";
import { transferZone } from "./transfer-zone.ts";
import type { ZoneLookup } from "./zone-lookup.ts";
import { soaRecord, type ZoneRecords, zoneRecords } from "./zone-records.ts";

/** An answer but for what it takes over from the question. */
interface Answer {
  readonly rcode: Rcode;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  readonly truncated: boolean;
  /** Whether the next plugin is asked instead. */
  readonly passesOn: boolean;
  /** Whether nothing is sent, since it cannot be written. */
  readonly isLost: boolean;
  /** Milliseconds that other servers took. */
  readonly tookMs: number;
}

/** What the plugin is given besides its options. */
export interface KubernetesPluginContext {
  readonly surroundings: Pick<ServerSurroundings, "state" | "nowMs" | "addresses" | "readFile">;
  /** Asks the whole server, to follow an alias out of the zone. */
  readonly askSelf: DnsHandler;
}

/**
 * CoreDNS's plugin `kubernetes` (plugin/kubernetes/handler.go): answers names of Services and Pods from the API objects that its
 * watches have brought. An answer is made once and kept until an object changes.
 *
 * @example
 * const plugin = new KubernetesPlugin(options, { surroundings, askSelf });
 * plugin.handle(noNextPlugin)(request).message?.answers; // [{ name: "web.default.svc.cluster.local.", type: "A", … }]
 */
export class KubernetesPlugin implements RunningPlugin, SearchPathGiver, ZoneTransferer {
  readonly options: KubernetesOptions;
  readonly index: ObjectIndex;
  readonly ownAddresses: readonly string[];
  /** For the plugins autopath, k8s_external and transfer. */
  readonly offers: KubernetesPlugin = this;
  readonly #searchPath: readonly DnsName[];
  readonly #askSelf: DnsHandler;
  readonly #memory = new AnswerMemory<Answer>();

  constructor(options: KubernetesOptions, { surroundings, askSelf }: KubernetesPluginContext) {
    this.options = options;
    this.ownAddresses = surroundings.addresses;
    this.#searchPath = searchPathOf(surroundings.readFile("/etc/resolv.conf") ?? "");
    this.#askSelf = askSelf;
    this.index = new ObjectIndex(options);
    if (surroundings.state !== undefined) this.index.fill(surroundings.state, surroundings.nowMs);
  }

  readonly handle = (next: DnsHandler): DnsHandler => {
    return (request) => {
      const { name, type } = request.question;
      const known = request.steps === undefined ? this.#memory.get(type, name) : undefined;
      const answer = known ?? this.#answer(request);
      if (answer === undefined || answer.passesOn) return next(request);
      return replyOf(answer, request.message);
    };
  };

  readonly update = (changes: readonly Change[], state: ClusterState, nowMs: number): void => {
    if (!this.index.synced) this.index.fill(state, nowMs);
    else if (changes.filter((change) => this.index.apply(change, nowMs)).length === 0) return;
    this.#memory.clear();
  };

  /** The search list of the Pod that asks, as the kubelet has written it. Undefined where no Pod has the address (autopath.go). */
  searchPathOf({ name, client }: DnsRequest): readonly DnsName[] | undefined {
    const zone = longestZone(this.options.zones, name);
    const [pod] = zone === undefined ? [] : this.index.podsByAddress.members(client);
    if (zone === undefined || pod === undefined) return undefined;
    const svc = nameInZone("svc", zone);
    return [`${pod.namespace}.${svc}`, svc, zone, ...this.#searchPath, ""];
  }

  /** All records of one of its zones. */
  transfer(zone: DnsName, serial: number): readonly ResourceRecord[] | undefined {
    if (!isInAnyZone(this.options.zones, zone)) return undefined;
    return transferZone(
      this.#lookupIn(zone, () => undefined, undefined),
      serial,
    );
  }

  #lookupIn(zone: DnsName, askElsewhere: ZoneLookup["askElsewhere"], onFound: ZoneLookup["onFound"]): ZoneLookup {
    const { index, options, ownAddresses } = this;
    return { index, options, ownAddresses, zone, askElsewhere, onFound };
  }

  /** Undefined for a name of no zone of the plugin. */
  #answer(request: DnsRequest): Answer | undefined {
    const { name: qname, type } = request.question;
    const matched = longestZone(this.options.zones, request.name);
    if (matched === undefined) return undefined;
    if (type === "AXFR" || type === "IXFR") return { ...emptyAnswer, rcode: "REFUSED" };
    const elsewhere = new ElsewhereLookup(this.#askSelf, request);
    const sources: BackendService[] = [];
    const lookup = this.#lookupIn(
      qname.slice(qname.length - matched.length),
      elsewhere.ask,
      request.steps === undefined ? undefined : (services) => sources.push(...services),
    );
    const records = zoneRecords(qname, type, lookup);
    const answer = this.#answerOf(records, request, lookup, elsewhere.tookMs);
    request.steps?.push(explainAnswer(request, records, sources, lookup, answer));
    if (!elsewhere.asked && request.steps === undefined) this.#memory.set(type, qname, answer);
    return answer;
  }

  #answerOf(records: ZoneRecords, request: DnsRequest, lookup: ZoneLookup, tookMs: number): Answer {
    const { answers, additionals, truncated, missing } = records;
    if (missing !== undefined) {
      // Before the first lists are there nobody knows what does not exist.
      const rcode = this.index.synced ? "NXDOMAIN" : "SERVFAIL";
      const passesOn = isInAnyZone(this.options.fallthrough, request.name);
      return { ...emptyAnswer, rcode, authorities: [soaRecord(lookup)], passesOn };
    }
    if (answers.length === 0) return { ...emptyAnswer, authorities: [soaRecord(lookup)], tookMs };
    const isLost = answers.some(isUnwritable);
    const { rcode, authorities } = emptyAnswer;
    return { rcode, answers, authorities, additionals, truncated, passesOn: false, isLost, tookMs };
  }
}

const emptyAnswer: Answer = {
  rcode: "NOERROR",
  answers: [],
  authorities: [],
  additionals: [],
  truncated: false,
  passesOn: false,
  isLost: false,
  tookMs: 0,
};

/**
 * A PTR record whose target has an empty label: of a slice without a Service's name, or in the root zone. CoreDNS fails to pack
 * it and is silent.
 */
function isUnwritable(record: ResourceRecord): boolean {
  return record.type === "PTR" && record.target.includes("..");
}

function replyOf(answer: Answer, query: DnsMessage): DnsReply {
  const { rcode, answers, authorities, additionals, truncated, isLost, tookMs } = answer;
  if (rcode === "REFUSED") return refused;
  if (isLost) return silence;
  const message = replyWith(query, rcode, truncated, answers, authorities, additionals);
  return tookMs === 0 ? { rcode: "NOERROR", message } : { rcode: "NOERROR", message, tookMs };
}

/** What the server answers to it is its own affair: nothing was written. */
const refused: DnsReply = { rcode: "REFUSED" };
const silence: DnsReply = { rcode: "NOERROR" };
