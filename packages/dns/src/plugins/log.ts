import type { Dispenser } from "../corefile/dispenser.ts";
import type { DnsMessage } from "../message/dns-message.ts";
import { fullyQualified, isInZone, lowerName } from "../message/dns-name.ts";
import { opcodeNumber } from "../message/opcode.ts";
import type { DnsName } from "../message/resource-record.ts";
import { responseClass, responseKind } from "../message/response-kind.ts";
import { replyLimit } from "../wire/fit-reply.ts";
import { uncompressedSize } from "../wire/message-size.ts";
import type { DnsReply, DnsRequest, PluginDefinition } from "./plugin.ts";
import { writtenMessage } from "./written-message.ts";

const commonFormat =
  '{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}';
const classNames = ["all", "success", "denial", "error"];

interface Rule {
  readonly scope: DnsName;
  readonly format: string;
  readonly classes: ReadonlySet<string>;
}

/** Writes a line into the log for each query (plugin/log). */
export const log: PluginDefinition = {
  name: "log",
  setup: ({ words, surroundings }) => {
    const rules = readRules(words());
    return {
      handle: (next) => (request) => {
        const rule = rules.find(({ scope }) => isInZone(request.name, scope));
        const reply = next(request);
        if (rule === undefined) return reply;
        const written = writtenMessage(request.message, reply);
        const kind = written === undefined ? "otherError" : responseKind(written, request.nowMs);
        if (rule.classes.has("all") || rule.classes.has(responseClass(kind))) {
          const said = {
            written,
            replied: reply.message,
            tookMs: reply.tookMs ?? 0,
            own: surroundings.addresses[0] ?? "127.0.0.1",
          };
          surroundings.log(`[INFO] ${logLine(rule.format, asRewritten(request, reply), said)}`);
        }
        return reply;
      },
    };
  },
};

/** The name was read before the query went on, type and class are read of what became of it. */
function asRewritten(request: DnsRequest, { asked }: DnsReply): DnsRequest {
  if (asked === undefined) return request;
  return { ...request, question: asked, message: { ...request.message, questions: [asked] } };
}

function readRules(words: Dispenser): Rule[] {
  const rules: Rule[] = [];
  while (words.next()) {
    const args = words.remainingArgs();
    const hasFormat = args.length > 1 && args.at(-1)!.includes("{");
    const format = hasFormat ? formatNamed(args.pop()!) : commonFormat;
    const classes = new Set<string>();
    while (words.nextBlock()) {
      if (words.val() !== "class") throw words.err(`unknown property '${words.val()}'`);
      const named = words.remainingArgs();
      if (named.length === 0) throw words.argErr();
      for (const name of named) {
        if (!classNames.includes(name)) throw words.plainErr(`invalid Class: ${name}`);
        classes.add(name);
      }
    }
    if (classes.size === 0) classes.add("all");
    for (const scope of args.length === 0 ? ["."] : args) {
      rules.push({ scope: lowerName(fullyQualified(scope)), format, classes });
    }
  }
  return rules;
}

function formatNamed(format: string): string {
  return format.replaceAll("{common}", commonFormat).replaceAll("{combined}", `${commonFormat} "{>opcode}"`);
}

/** plugin/pkg/replacer. What is no label stays; metadata of other plugins are none here. */
function logLine(
  format: string,
  request: DnsRequest,
  {
    written,
    replied,
    tookMs,
    own,
  }: { written?: DnsMessage | undefined; replied?: DnsMessage | undefined; tookMs: number; own: string },
): string {
  const { message, question, name, transport, client, clientPort } = request;
  const values: Readonly<Record<string, string | number | boolean>> = {
    type: question.type,
    class: question.class === "ANY" ? "CLASS255" : question.class,
    name,
    proto: transport,
    size: uncompressedSize(sentWith(message, replied)),
    remote: client.includes(":") ? `[${client}]` : client,
    port: clientPort,
    local: own.includes(":") ? `[${own}]` : own,
    ">id": message.id,
    ">opcode": opcodeNumber(message.opcode),
    ">do": message.edns?.do === true,
    ">bufsize": replyLimit(message, transport),
    rcode: written?.rcode ?? "-",
    rsize: written === undefined ? 0 : uncompressedSize(written),
    duration: `${tookMs / 1000}s`,
    ">rflags": written === undefined ? "-" : flagNames(written),
  };
  return format.replace(/\{([^{}]*)\}/g, (whole, label: string) => {
    if (label.startsWith("/")) return "-";
    return Object.hasOwn(values, label) ? String(values[label]) : whole;
  });
}

/** A reply without an OPT record of its own takes the query's, whose options are dropped there and then. */
function sentWith(query: DnsMessage, replied: DnsMessage | undefined): DnsMessage {
  const { edns } = query;
  if (edns === undefined || replied === undefined || replied.edns !== undefined) return query;
  return { ...query, edns: { ...edns, options: [] } };
}

function flagNames({ flags }: DnsMessage): string {
  const names = ["qr", "aa", "tc", "rd", "ra", "z", "ad", "cd"] as const;
  return names.filter((name) => flags[name]).join(",");
}
