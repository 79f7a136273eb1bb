import { readFileSync } from "node:fs";
import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { blankState } from "@kubenetsim/core/apiserver/empty-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";
import { recordText } from "../dns/record-text.ts";
import { openDnsServer } from "../dns/recorded-dns-server.ts";
import { type CheckResult, type Family, failed, passed } from "../family.ts";
import { firstDifference, firstSetDifference } from "../first-difference.ts";
import { isFileIn } from "../path-of-case.ts";

interface DnsCase {
  readonly zone: string;
  readonly ttl: number;
  readonly objects: readonly ApiObject[];
  readonly groups: readonly {
    readonly name: string;
    readonly config: PluginConfig;
    readonly queries: readonly RecordedQuery[];
  }[];
}

/** Options of the kubernetes plugin that differ from their defaults: `{ pods: "insecure", namespaces: ["a"], ignoreEmptyService: true }`. */
type PluginConfig = Readonly<Record<string, string | number | boolean | readonly string[]>>;

interface RecordedQuery {
  readonly qname: string;
  readonly qtype: string;
  readonly rcode: string;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly truncated?: boolean;
}

/** Questions to CoreDNS, each one a check. */
export const dns: Family = {
  name: "dns",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "dns", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const { zone, ttl, objects, groups } = JSON.parse(readFileSync(path, "utf8")) as DnsCase;
    const state = stateOf(objects);
    for (const { name: group, config, queries } of groups) {
      const ask = openDnsServer(corefileOf(zone, ttl, config), state);
      for (const query of queries) {
        const name = `${group} ${query.qname} ${query.qtype}`;
        const answer = ask({ name: query.qname, type: query.qtype, transport: "tcp" });
        const difference = differenceFrom(query, answer);
        yield difference === undefined ? passed("queries", name) : failed("queries", difference, name);
      }
    }
  },
};

function stateOf(objects: readonly ApiObject[]): ClusterState {
  return objects.reduce((state, object) => putObject(state, object).state, blankState());
}

/** Options that the Corefile calls otherwise than their fields are called. */
const optionNames: Readonly<Record<string, string>> = {
  ignoreEmptyService: "ignore empty_service",
  noEndpoints: "noendpoints",
  podMode: "pods",
};

function corefileOf(zone: string, ttl: number, config: PluginConfig): string {
  const all: PluginConfig = { ttl, ...config };
  const options = Object.entries(all).flatMap(([field, value]) => {
    const name = optionNames[field] ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (typeof value === "boolean") return value ? [name] : [];
    return [`${name} ${typeof value === "object" ? value.join(" ") : value}`];
  });
  return `.:53 {\nkubernetes ${zone} in-addr.arpa ip6.arpa {\n${options.join("\n")}\n}\n}\n`;
}

function differenceFrom(query: RecordedQuery, message: DnsMessage): string | undefined {
  const { rcode, flags } = message;
  const heads = (code: string, truncated: boolean): string[] => [code, truncated ? "truncated" : "whole"];
  return (
    firstDifference(heads(query.rcode, query.truncated ?? false), heads(rcode, flags.tc)) ??
    firstSetDifference(query.answer, texts(message.answers)) ??
    aliasesComeFirst(message.answers) ??
    firstSetDifference(query.authority, texts(message.authorities)) ??
    firstSetDifference(query.additional, texts(message.additionals))
  );
}

function texts(records: readonly ResourceRecord[]): string[] {
  return records.map((record) => recordText(record, "N"));
}

/** Records compare as sets, but an alias stands before what it points to. */
function aliasesComeFirst(answers: readonly ResourceRecord[]): string | undefined {
  const late = answers.find(
    (record, i) => record.type === "CNAME" && answers.slice(0, i).some(({ name }) => name === record.target),
  );
  return late === undefined ? undefined : `${late.name} stands behind what it is an alias of`;
}
