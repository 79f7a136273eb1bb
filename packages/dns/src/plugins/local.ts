import type { Dispenser } from "../corefile/dispenser.ts";
import { type DnsMessage, replyTo } from "../message/dns-message.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import type { DnsRequest, PluginDefinition } from "./plugin.ts";
import { longestZone } from "./zones.ts";

const ttl = 604800;
const reverseZones = ["0.in-addr.arpa.", "127.in-addr.arpa.", "255.in-addr.arpa."];
const zones = ["localhost.", ...reverseZones];

/** Answers what should never leave the machine: localhost and the reverse zones around it (RFC 6303; plugin/local). */
export const local: PluginDefinition = {
  name: "local",
  setup: ({ words }) => {
    const { prefix } = readOptions(words());
    return {
      handle: (next) => (request) => {
        const message = isBelowLocalhost(request.name, prefix) ? loopbackOf(request) : localAnswer(request);
        if (message === undefined) return next(request);
        request.steps?.push({ plugin: "local", text: "answers for localhost itself" });
        return { rcode: "NOERROR", message };
      },
    };
  },
};

/** `prefix`: whether `localhost.example.org` counts as localhost too. */
function readOptions(words: Dispenser): { prefix: boolean } {
  let prefix = true;
  while (words.next()) {
    if (words.remainingArgs().length > 0) throw words.argErr();
    while (words.nextBlock()) {
      if (words.val() !== "localhost_prefix") throw words.err(`unknown property '${words.val()}'`);
      const args = words.remainingArgs();
      if (args.length !== 1) throw words.argErr();
      if (args[0] !== "on" && args[0] !== "off") {
        throw words.err(`localhost_prefix expects 'on' or 'off', got "${args[0]}"`);
      }
      prefix = args[0] === "on";
    }
  }
  return { prefix };
}

function isBelowLocalhost(name: DnsName, prefix: boolean): boolean {
  return name.endsWith(".localhost.") || (prefix && name !== "localhost." && name.startsWith("localhost."));
}

function loopbackOf({ message, question }: DnsRequest): DnsMessage {
  const { name, type } = question;
  if (type !== "A" && type !== "AAAA") return { ...replyTo(message), authorities: [soaOf(name)] };
  return { ...replyTo(message), answers: [loopback(name, type)] };
}

function localAnswer({ message, question, name }: DnsRequest): DnsMessage | undefined {
  const zone = longestZone(zones, name);
  if (zone === undefined) return undefined;
  const asked = question.name;
  if (name === zone) return { ...replyTo(message), ...apexRecords(asked, question.type, zone) };
  const origin = asked.slice(asked.length - zone.length);
  if (name !== "1.0.0.127.in-addr.arpa.") return { ...replyTo(message, "NXDOMAIN"), authorities: [soaOf(origin)] };
  if (question.type !== "PTR") return { ...replyTo(message), authorities: [soaOf(origin)] };
  return { ...replyTo(message), answers: [{ name: asked, type: "PTR", class: "IN", ttl, target: "localhost." }] };
}

function apexRecords(asked: DnsName, type: string, zone: DnsName): Partial<DnsMessage> {
  if ((type === "A" || type === "AAAA") && zone === "localhost.") return { answers: [loopback(asked, type)] };
  if (type === "SOA") return { answers: [soaOf(asked)] };
  if (type === "NS") return { answers: [{ name: asked, type, class: "IN", ttl, target: "localhost." }] };
  return { authorities: [soaOf(asked)] };
}

function loopback(name: DnsName, type: "A" | "AAAA"): ResourceRecord {
  return { name, type, class: "IN", ttl, address: type === "A" ? "127.0.0.1" : "::1" };
}

function soaOf(name: DnsName): ResourceRecord {
  const times = { serial: 1, refresh: 0, retry: 0, expire: 0, minimum: ttl };
  return { name, type: "SOA", class: "IN", ttl, mname: "localhost.", rname: "root.localhost.", ...times };
}
