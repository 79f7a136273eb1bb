import { addressInReverseName } from "../../kubernetes/reverse-address.ts";
import { isWritable } from "../../message/is-writable.ts";
import type { DnsName, ResourceRecord } from "../../message/resource-record.ts";
import { authoritativeReply } from "../authoritative-reply.ts";
import type { DnsHandler, DnsReply, DnsRequest, PluginDefinition, ServerSurroundings } from "../plugin.ts";
import { isInAnyZone } from "../zones.ts";
import { addressesOf, type HostTable, hostTable } from "./host-table.ts";
import { type HostsSettings, readHostsSettings } from "./hosts-settings.ts";

/** Answers from a hosts file and from lines in the Corefile (plugin/hosts). */
export const hosts: PluginDefinition = {
  name: "hosts",
  setup: ({ words, zones, surroundings }) => {
    const settings = readHostsSettings(words(), zones);
    const tables = new HostTables(settings, surroundings);
    return { handle: (next) => (request) => answer(request, settings, tables.at(request.nowMs), next) };
  },
};

/** The file's table and that of the Corefile's lines. The file is looked at again from time to time. */
class HostTables {
  readonly #settings: HostsSettings;
  readonly #surroundings: ServerSurroundings;
  readonly #inline: HostTable;
  #text: string | undefined;
  #tables: readonly HostTable[];
  /** How many times the period had gone by when the file was read. */
  #reading = 0;

  constructor(settings: HostsSettings, surroundings: ServerSurroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#inline = hostTable(settings.inline.join("\n"), settings);
    this.#tables = [this.#inline];
    this.#read();
  }

  at(nowMs: number): readonly HostTable[] {
    const { reloadMs } = this.#settings;
    const reading = reloadMs === 0 ? 0 : Math.floor((nowMs - this.#surroundings.nowMs) / reloadMs);
    if (reading > this.#reading) {
      this.#reading = reading;
      this.#read();
    }
    return this.#tables;
  }

  #read(): void {
    const text = this.#surroundings.readFile(this.#settings.path);
    if (text === undefined || text === this.#text) return;
    this.#text = text;
    this.#tables = [hostTable(text, this.#settings), this.#inline];
  }
}

function answer(
  request: DnsRequest,
  settings: HostsSettings,
  tables: readonly HostTable[],
  next: DnsHandler,
): DnsReply {
  const { name, question, message, steps } = request;
  const { type } = question;
  if (type !== "PTR" && !isInAnyZone(settings.zones, name)) return next(request);
  const answers = recordsOf(name, type, settings.ttl, tables);
  const isKnown =
    answers.length > 0 || tables.some(({ v4, v6 }) => [v4, v6].some((map) => addressesOf(map, name).length > 0));
  const falls = isInAnyZone(settings.fallthrough, name);
  const isUnsupported = type !== "PTR" && type !== "A" && type !== "AAAA";
  if ((type === "PTR" && answers.length === 0) || (isUnsupported && settings.fallthroughUnsupported && falls)) {
    return next(request);
  }
  if (!isKnown) {
    steps?.push({ plugin: "hosts", text: falls ? "no line names it: asks on" : "no line names it: SERVFAIL" });
    // A file has no SOA record that could stand in a denial.
    return falls ? next(request) : { rcode: "SERVFAIL" };
  }
  steps?.push({ plugin: "hosts", text: answers.length > 0 ? "a line names it" : "lines name it, with other records" });
  const reply = { ...authoritativeReply(message), answers };
  // The file may name what is no name.
  return { rcode: "NOERROR", message: type !== "PTR" || isWritable(reply) ? reply : undefined };
}

function recordsOf(name: DnsName, type: string, ttl: number, tables: readonly HostTable[]): ResourceRecord[] {
  if (type === "A" || type === "AAAA") {
    const addresses = tables.flatMap((table) => addressesOf(type === "A" ? table.v4 : table.v6, name));
    return addresses.map((address) => ({ name, type, class: "IN", ttl, address }));
  }
  if (type !== "PTR") return [];
  const address = addressInReverseName(name);
  const targets = address === undefined ? [] : tables.flatMap(({ names }) => names.get(address) ?? []);
  return targets.map((target) => ({ name, type, class: "IN", ttl, target }));
}
