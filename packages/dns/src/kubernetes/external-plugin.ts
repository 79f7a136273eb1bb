import { isInZone, labelsOf } from "../message/dns-name.ts";
import type { Rcode } from "../message/rcode.ts";
import { nameInZone, relativeName } from "../message/relative-name.ts";
import type { DnsName, ResourceRecord, SoaRecord } from "../message/resource-record.ts";
import { authoritativeReply } from "../plugins/authoritative-reply.ts";
import type { DnsHandler, DnsReply, DnsRequest, DnsStep, RunningPlugin } from "../plugins/plugin.ts";
import type { ZoneTransferer } from "../plugins/zone-transferer.ts";
import { isInAnyZone, longestZone } from "../plugins/zones.ts";
import type { BackendService } from "./backend-service.ts";
import { ElsewhereLookup } from "./elsewhere-lookup.ts";
import { objectsOf } from "./explain.ts";
import { type ExternalLookup, externalAddresses, externalPointers, externalSrv } from "./external-records.ts";
import { type ExternalFound, findExternal } from "./external-services.ts";
import { externalZoneRecords } from "./external-transfer.ts";
import type { KubernetesPlugin } from "./kubernetes-plugin.ts";
import { externalNames, type NameServer, nameServers } from "./name-servers.ts";
import { addressRecord } from "./zone-records.ts";

/** What a `k8s_external` block of a Corefile says. */
export interface ExternalOptions {
  readonly zones: readonly DnsName[];
  /** Seconds. */
  readonly ttl: number;
  /** The label below which the zone's own servers are: `ns1.dns`. */
  readonly apex: string;
  /** Whether endpoints of headless Services are answered. */
  readonly headless: boolean;
  readonly fallthrough: readonly DnsName[];
}

interface WrittenRecords {
  readonly answers: readonly ResourceRecord[];
  readonly additionals?: readonly ResourceRecord[];
  readonly truncated?: boolean;
}

/** CoreDNS's plugin `k8s_external` (plugin/k8s_external/external.go). It asks the plugin `kubernetes` of its block. */
export class ExternalPlugin implements RunningPlugin, ZoneTransferer {
  readonly offers: ExternalPlugin = this;
  readonly #options: ExternalOptions;
  readonly #sibling: (plugin: string) => unknown;
  readonly #askSelf: DnsHandler;

  constructor(options: ExternalOptions, sibling: (plugin: string) => unknown, askSelf: DnsHandler) {
    this.#options = options;
    this.#sibling = sibling;
    this.#askSelf = askSelf;
  }

  readonly handle = (next: DnsHandler): DnsHandler => {
    return (request) => {
      const { zones, apex, fallthrough } = this.#options;
      const zone = longestZone(zones, request.name);
      if (zone === undefined) return next(request);
      for (const one of zones) {
        if (request.name === one) return this.#apexReply(request, zone);
        if (isInZone(request.name, nameInZone(apex, one))) return this.#serverReply(request, zone);
      }
      const found = this.#find(request, zone);
      request.steps?.push(explainExternal(request, found));
      if (found.services.length > 0) return this.#reply(request, zone, found.services);
      if (found.rcode === "NXDOMAIN" && isInAnyZone(fallthrough, request.name)) return next(request);
      return this.#nothing(request, zone, found.rcode);
    };
  };

  /** All records of one of its zones. */
  transfer(name: DnsName, serial: number): readonly ResourceRecord[] | undefined {
    const { zones, ttl, headless } = this.#options;
    if (!zones.includes(name)) return undefined;
    const soa = this.#soa(name);
    if (serial !== 0 && serial >= soa.serial) return [soa];
    const server = this.#serverName(name);
    const { index, options } = this.#kubernetes;
    const lookup = { zone: name, ttl, askElsewhere: () => undefined };
    return [
      soa,
      { name, type: "NS", class: "IN", ttl, target: server },
      ...this.#servers(name).map(({ type, address }) => addressRecord(server, type, address, ttl)),
      ...externalZoneRecords(index, { headless, ttl: options.ttl }, lookup),
      soa,
    ];
  }

  get #kubernetes(): KubernetesPlugin {
    return this.#sibling("kubernetes") as KubernetesPlugin;
  }

  #find({ name, question }: DnsRequest, zone: DnsName): ExternalFound {
    const { index, options } = this.#kubernetes;
    return findExternal(name, question.type, zone, this.#options.headless, index, options);
  }

  #reply(request: DnsRequest, zone: DnsName, services: readonly BackendService[]): DnsReply {
    const { name, type } = request.question;
    const { ttl, zones } = this.#options;
    const elsewhere = new ElsewhereLookup(this.#askSelf, request);
    const lookup: ExternalLookup = { zone, ttl, askElsewhere: elsewhere.ask };
    const written = (records: WrittenRecords): DnsReply => {
      const reply = this.#written(request, zone, records);
      return { ...reply, tookMs: elsewhere.tookMs };
    };
    switch (type) {
      case "A":
      case "AAAA":
        return written(externalAddresses(name, type, services, lookup));
      case "SRV":
        return written(externalSrv(name, services, lookup));
      case "PTR":
        return this.#written(request, zone, { answers: externalPointers(name, services, zones[0]!, ttl) });
      default:
        return this.#nothing(request, zone);
    }
  }

  #written(request: DnsRequest, zone: DnsName, records: WrittenRecords): DnsReply {
    const { answers, additionals = [], truncated = false } = records;
    const reply = authoritativeReply(request.message);
    const authorities = answers.length === 0 ? [this.#soa(zone)] : [];
    const flags = { ...reply.flags, tc: truncated };
    return { rcode: "NOERROR", message: { ...reply, flags, answers, authorities, additionals } };
  }

  #nothing(request: DnsRequest, zone: DnsName, rcode: Rcode = "NOERROR"): DnsReply {
    const message = { ...authoritativeReply(request.message, rcode), authorities: [this.#soa(zone)] };
    return { rcode: "NOERROR", message };
  }

  #apexReply(request: DnsRequest, zone: DnsName): DnsReply {
    const { name, type } = request.question;
    const { ttl } = this.#options;
    if (type === "SOA") return this.#written(request, zone, { answers: [this.#soa(zone)] });
    if (type !== "NS") return this.#nothing(request, zone);
    const target = this.#serverName(zone);
    return this.#written(request, zone, {
      answers: [{ name: zone, type: "NS", class: "IN", ttl, target }],
      additionals: this.#servers(zone).map((server) =>
        addressRecord(this.#serverName(name), server.type, server.address, ttl),
      ),
    });
  }

  /** Names below `dns`: `ns1.dns` alone is one. */
  #serverReply(request: DnsRequest, zone: DnsName): DnsReply {
    const { name, type } = request.question;
    const labels = labelsOf(relativeName(request.name, zone));
    if (labels.length === 1) return this.#nothing(request, zone);
    if (labels.length !== 2 || labels[0] !== "ns1") return this.#nothing(request, zone, "NXDOMAIN");
    const servers = this.#servers(zone).filter((server) => server.type === type);
    return this.#written(request, zone, {
      answers: servers.map((server) => addressRecord(name, server.type, server.address, this.#options.ttl)),
    });
  }

  #servers(zone: DnsName): NameServer[] {
    const { index, ownAddresses } = this.#kubernetes;
    return nameServers(zone, ownAddresses, index, externalNames(this.#options.headless));
  }

  #serverName(zone: DnsName): DnsName {
    return nameInZone(`ns1.${this.#options.apex}`, zone);
  }

  #soa(zone: DnsName): SoaRecord {
    const { ttl, apex } = this.#options;
    return {
      name: zone,
      type: "SOA",
      class: "IN",
      ttl,
      mname: this.#serverName(zone),
      rname: nameInZone(`hostmaster.${apex}`, zone),
      serial: this.#kubernetes.index.externalSerial,
      refresh: 7200,
      retry: 1800,
      expire: 86_400,
      minimum: ttl,
    };
  }
}

function explainExternal({ name }: DnsRequest, { services, rcode }: ExternalFound): DnsStep {
  const plugin = "k8s_external";
  if (services.length > 0) return { plugin, text: `${name} has an external address`, objects: objectsOf(services) };
  return { plugin, text: rcode === "NXDOMAIN" ? `no Service has ${name} outside` : `${name} has no records` };
}
