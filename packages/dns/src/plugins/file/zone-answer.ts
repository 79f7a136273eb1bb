import { isInZone, labelsOf, lowerName } from "../../message/dns-name.ts";
import type { RecordType } from "../../message/record-type.ts";
import type { DnsName, ResourceRecord } from "../../message/resource-record.ts";
import { askAgain } from "../look-up.ts";
import type { DnsHandler, DnsRequest } from "../plugin.ts";
import { isEmptyParent, recordsAt, type Zone, type ZoneNode } from "./zone.ts";

export type ZoneResult = "success" | "nameError" | "delegation" | "noData" | "serverFailure";

export interface ZoneAnswer {
  readonly result: ZoneResult;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  /** Milliseconds that it waited for what lies beyond the zone. */
  readonly tookMs?: number | undefined;
}

/** How often the server asks itself for the targets of aliases, and how long a chain within the zone may be. */
const mostAliases = 8;

const failure: ZoneAnswer = { result: "serverFailure", answers: [], authorities: [], additionals: [] };

/** What a zone has for a query whose name is in it (plugin/file/lookup.go). Signatures are not modelled. */
export function zoneAnswer(zone: Zone, request: DnsRequest, askSelf: DnsHandler): ZoneAnswer {
  const { name, question } = request;
  const { type } = question;
  const { origin, soa, nameServers } = zone;
  if (name === origin && type === "SOA") return success([soa], nameServers);
  if (name === origin && type === "NS") return success(nameServers, [], glueOf(zone, nameServers));
  if ((request.depth ?? 0) > mostAliases) return failure;
  const { node, wildcard, delegation } = walk(zone, name, type);
  if (delegation !== undefined) return delegation;
  const context = { zone, request, askSelf };
  if (node !== undefined) return answerAt(node.records, context);
  if (wildcard !== undefined && !hasCloserParent(zone, name, wildcard)) {
    const source = zone.nodes.get(wildcard);
    return source === undefined ? denial(zone, "noData") : answerAt(expanded(source, name), context);
  }
  return denial(zone, isEmptyParent(zone, name) ? "success" : "nameError");
}

interface Context {
  readonly zone: Zone;
  readonly request: DnsRequest;
  readonly askSelf: DnsHandler;
}

function success(
  answers: readonly ResourceRecord[],
  authorities: readonly ResourceRecord[],
  additionals: readonly ResourceRecord[] = [],
): ZoneAnswer {
  return { result: "success", answers, authorities, additionals };
}

function denial({ soa }: Zone, result: ZoneResult): ZoneAnswer {
  return { result, answers: [], authorities: [soa], additionals: [] };
}

/** From the apex down, label by label: the name's node, the last wildcard on the way, or the delegation that it lies behind. */
function walk(
  zone: Zone,
  name: DnsName,
  type: RecordType,
): { node?: ZoneNode | undefined; wildcard?: DnsName | undefined; delegation?: ZoneAnswer } {
  let node: ZoneNode | undefined;
  let wildcard: DnsName | undefined;
  for (const part of namesDownTo(zone.origin, name)) {
    node = zone.nodes.get(part);
    if (node === undefined) {
      const star = wildcardFor(part);
      if (star !== undefined && (zone.nodes.has(star) || isEmptyParent(zone, star))) wildcard = star;
      continue;
    }
    const delegation = delegationAt(zone, node, name, type);
    if (delegation !== undefined) return { delegation };
  }
  return { node, wildcard };
}

/** `a.b.org.` within `org.`: `org.`, `b.org.`, `a.b.org.`. */
function namesDownTo(origin: DnsName, name: DnsName): DnsName[] {
  const labels = labelsOf(name);
  const count = labels.length - labelsOf(origin).length;
  const below = Array.from({ length: count }, (_, index) => `${labels.slice(count - 1 - index).join(".")}.`);
  return [origin, ...below];
}

function wildcardFor(name: DnsName): DnsName | undefined {
  const labels = labelsOf(name);
  return labels.length < 2 ? undefined : `*.${labels.slice(1).join(".")}.`;
}

function delegationAt(zone: Zone, node: ZoneNode, name: DnsName, type: RecordType): ZoneAnswer | undefined {
  const servers = node.records.get("NS");
  if (servers === undefined || (type === "DS" && lowerName(node.name) === name)) return undefined;
  return { result: "delegation", answers: [], authorities: servers, additionals: glueOf(zone, servers) };
}

/** Addresses of name servers that lie in what they serve. */
function glueOf(zone: Zone, servers: readonly ResourceRecord[]): ResourceRecord[] {
  return servers.flatMap((server) =>
    server.type === "NS" && isInZone(lowerName(server.target), lowerName(server.name))
      ? addressesAt(zone, lowerName(server.target))
      : [],
  );
}

function addressesAt(zone: Zone, name: DnsName): ResourceRecord[] {
  return [...recordsAt(zone, name, "A"), ...recordsAt(zone, name, "AAAA")];
}

/** A wildcard's records under the asked name. */
function expanded({ records }: ZoneNode, name: DnsName): ReadonlyMap<RecordType, readonly ResourceRecord[]> {
  return new Map([...records].map(([type, list]) => [type, list.map((record) => ({ ...record, name }))]));
}

/** True where a name between the wildcard's parent and the asked one exists, be it empty. */
function hasCloserParent(zone: Zone, name: DnsName, wildcard: DnsName): boolean {
  const parent = wildcard.slice(2);
  const between = namesDownTo(parent, name).slice(1, -1);
  return between.some((part) => isEmptyParent(zone, part));
}

function answerAt(records: ReadonlyMap<RecordType, readonly ResourceRecord[]>, context: Context): ZoneAnswer {
  const { zone, request } = context;
  const { type } = request.question;
  const aliases = records.get("CNAME") ?? [];
  if (aliases.length > 0 && type !== "CNAME") return followAliases(aliases, context);
  const found = records.get(type) ?? [];
  if (found.length === 0) return denial(zone, "noData");
  return success(found, zone.nameServers, additionalsFor(zone, found));
}

/** Goes along aliases, within the zone by itself, beyond it through the server. */
function followAliases(aliases: readonly ResourceRecord[], context: Context): ZoneAnswer {
  const { zone, request } = context;
  const { type } = request.question;
  const answers = [...aliases];
  for (let count = 0; ; count++) {
    const target = targetOf(answers.at(-1)!);
    const node = zone.nodes.get(target);
    const delegation = delegationOf(zone, target, type, node);
    if (delegation !== undefined) return { ...delegation, answers };
    if (node === undefined || type === "NS" || (type === "SOA" && target === zone.origin)) {
      return answerBeyond(answers, target, context);
    }
    if (count > mostAliases) return success(answers, zone.nameServers, additionalsFor(zone, answers));
    const next = node.records.get("CNAME");
    if (next === undefined) {
      answers.push(...(node.records.get(type) ?? []));
      return success(answers, zone.nameServers, additionalsFor(zone, answers));
    }
    if (lowerName(next[0]!.name) === targetOf(next[0]!)) return failure;
    answers.push(next[0]!);
  }
}

function targetOf(record: ResourceRecord): DnsName {
  return record.type === "CNAME" ? lowerName(record.target) : record.name;
}

/** A delegation that a target lies behind; for the target itself only where it has records. */
function delegationOf(
  zone: Zone,
  target: DnsName,
  type: RecordType,
  node: ZoneNode | undefined,
): ZoneAnswer | undefined {
  if (!isInZone(target, zone.origin)) return undefined;
  for (const part of namesDownTo(zone.origin, target).slice(1)) {
    const there = part === target ? node : zone.nodes.get(part);
    const delegation = there === undefined ? undefined : delegationAt(zone, there, target, type);
    if (delegation !== undefined) return delegation;
  }
  return undefined;
}

function answerBeyond(aliases: readonly ResourceRecord[], target: DnsName, context: Context): ZoneAnswer {
  const { zone, request, askSelf } = context;
  const depth = (request.depth ?? 0) + 1;
  const { message: found, tookMs } = askAgain(askSelf, { ...request, depth }, target, request.question.type);
  const answers = [...aliases, ...(found?.answers ?? [])];
  const result = resultOf(found?.rcode, found?.answers.length ?? 0);
  const authorities = result === "nameError" || result === "noData" ? [zone.soa] : zone.nameServers;
  return { result, answers, authorities, additionals: additionalsFor(zone, answers), tookMs };
}

/** Whatever else the server says of the target leaves NOERROR: who asks goes on by himself. */
function resultOf(rcode: string | undefined, answers: number): ZoneResult {
  if (rcode === "NXDOMAIN") return "nameError";
  if (rcode === "SERVFAIL") return "serverFailure";
  return rcode === "NOERROR" && answers === 0 ? "noData" : "success";
}

/** Addresses of the hosts that SRV and MX records name, as far as the zone has them. */
function additionalsFor(zone: Zone, records: readonly ResourceRecord[]): ResourceRecord[] {
  const hosts = new Set<DnsName>();
  for (const record of records) {
    if (record.type === "SRV") hosts.add(lowerName(record.target));
    if (record.type === "MX") hosts.add(lowerName(record.exchange));
  }
  return [...hosts].filter((host) => isInZone(host, zone.origin)).flatMap((host) => addressesAt(zone, host));
}
