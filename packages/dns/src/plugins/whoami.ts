import type { ResourceRecord } from "../message/resource-record.ts";
import { authoritativeReply } from "./authoritative-reply.ts";
import { noArguments } from "./once-per-block.ts";
import type { DnsReply, DnsRequest, PluginDefinition } from "./plugin.ts";

/** Tells clients from which address and port they asked, in the additional records (plugin/whoami). */
export const whoami: PluginDefinition = {
  name: "whoami",
  setup: ({ words }) => {
    noArguments(words());
    return { handle: () => tellWho };
  },
};

function tellWho({ message, question, client, clientPort, transport, steps }: DnsRequest): DnsReply {
  const { name, class: recordClass } = question;
  const head = { class: recordClass, ttl: 0 } as const;
  const address: ResourceRecord = { ...head, name, type: client.includes(":") ? "AAAA" : "A", address: client };
  const service: ResourceRecord = {
    ...head,
    name: name === "." ? `_${transport}.` : `_${transport}.${name}`,
    type: "SRV",
    priority: 0,
    weight: 0,
    port: clientPort,
    target: ".",
  };
  steps?.push({ plugin: "whoami", text: `the query came from ${client}, port ${clientPort}` });
  return { rcode: "NOERROR", message: { ...authoritativeReply(message), additionals: [address, service] } };
}
