import type { Caught, GoPattern } from "@kubenetsim/core/pattern/go-pattern";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { DnsMessage, Edns } from "../../message/dns-message.ts";
import { recordClassNumber } from "../../message/record-class.ts";
import { recordTypeNumber } from "../../message/record-type.ts";
import type { DnsName, ResourceRecord } from "../../message/resource-record.ts";
import { parseZone } from "../../zone-text/parse-zone.ts";
import { authoritativeReply } from "../authoritative-reply.ts";
import { askAfter, askAgain } from "../look-up.ts";
import type { DnsHandler, DnsReply, DnsRequest, PluginDefinition } from "../plugin.ts";
import { isInAnyZone, longestZone } from "../zones.ts";
import { type TemplateData, TemplateError } from "./go-template.ts";
import { readTemplates, type TemplateSettings } from "./template-settings.ts";

/** Seconds for records whose template names no TTL (miekg/dns, defaultTtl). */
const defaultTtl = 3600;
/** The real server would go on until its memory ends. */
const deepestLookUp = 64;

/** Makes answers of what is asked (plugin/template). */
export const template: PluginDefinition = {
  name: "template",
  setup: ({ words, zones, askSelf }) => {
    const templates = readTemplates(words(), zones);
    return {
      handle: (next) => (request) => {
        for (const settings of templates) {
          const match = matchOf(settings, request);
          if (match === "stop") return { rcode: "SERVFAIL" };
          if (match !== "next") return answer(settings, match, request, askSelf);
        }
        return next(request);
      },
    };
  },
};

/** What the template is filled with; "next" where others may answer, "stop" where nobody may. */
function matchOf(settings: TemplateSettings, request: DnsRequest): TemplateData | "next" | "stop" {
  const { name, question } = request;
  const zone = longestZone(settings.zones, name);
  const isAsked = (own: string, asked: string): boolean => own === "ANY" || asked === "ANY" || own === asked;
  if (zone === undefined || !isAsked(settings.class, question.class) || !isAsked(settings.type, question.type)) {
    return "next";
  }
  for (const { text, pattern } of settings.patterns) {
    const groups = pattern.exec(name);
    if (groups !== undefined) return dataOf(settings, request, zone, { text, names: pattern.names, groups });
  }
  return isInAnyZone(settings.fallthrough, name) ? "next" : "stop";
}

function dataOf(
  settings: TemplateSettings,
  { name, question, message, client }: DnsRequest,
  zone: string,
  { text: pattern, names, groups }: { text: string; names: GoPattern["names"]; groups: Caught },
): TemplateData {
  const texts = groups.map((text) => text ?? "");
  const numbered = texts.map((text, index) => [String(index), text] as const);
  const named = names.flatMap((key, index) => (key === undefined ? [] : [[key, texts[index]!] as const]));
  return {
    Zone: zone,
    Name: name,
    Regex: pattern,
    Match: texts,
    Group: new Map([...numbered, ...named]),
    Class: question.class === "ANY" ? settings.class : question.class,
    Type: question.type === "ANY" ? settings.type : question.type,
    Message: new Map([["Id", message.id]]),
    Question: new Map<string, string | number>([
      ["Name", question.name],
      ["Qtype", recordTypeNumber(question.type)],
      ["Qclass", recordClassNumber(question.class)],
    ]),
    Remote: client,
    Var: new Map(),
    Meta: () => "",
  };
}

function answer(settings: TemplateSettings, data: TemplateData, request: DnsRequest, askSelf: DnsHandler): DnsReply {
  const { rcode, extendedError } = settings;
  request.steps?.push({ plugin: "template", text: `makes an answer for ${settings.class} ${settings.type}` });
  if (rcode === "SERVFAIL") return { rcode };
  let message: DnsMessage = authoritativeReply(request.message, rcode);
  try {
    message = {
      ...message,
      answers: settings.answer.map((fill) => recordOf(fill(data))),
      additionals: settings.additional.map((fill) => recordOf(fill(data))),
      authorities: settings.authority.map((fill) => recordOf(fill(data))),
    };
  } catch (error) {
    if (error instanceof ParseError || error instanceof TemplateError)
      return { rcode: "SERVFAIL", error: error.message };
    throw error;
  }
  if (extendedError !== undefined) message = { ...message, edns: ednsWith(extendedError) };
  return { rcode, ...withTargets(message, request, askSelf) };
}

function recordOf(text: string): ResourceRecord {
  const [record] = parseZone(text, { origin: ".", source: "", defaultTtl });
  if (record === undefined) throw new TemplateError("no record");
  return record;
}

/** Behind each alias the addresses that the server itself has for its target. */
function withTargets(
  message: DnsMessage,
  request: DnsRequest,
  askSelf: DnsHandler,
): Pick<DnsReply, "message" | "tookMs"> {
  const { type } = request.question;
  const depth = request.depth ?? 0;
  if ((type !== "A" && type !== "AAAA") || depth > deepestLookUp) return { message };
  let { tc } = message.flags;
  let tookMs: number | undefined;
  const ask =
    (target: DnsName): DnsHandler =>
    (asked) =>
      askAgain(askSelf, { ...asked, depth: depth + 1 }, target, type);
  const answers = message.answers.flatMap((record) => {
    if (record.type !== "CNAME") return [record];
    const reply = askAfter(ask(record.target), request, tookMs ?? 0);
    tookMs = reply.tookMs;
    const found = reply.message;
    if (found === undefined) return [record];
    tc = found.flags.tc;
    return [record, ...found.answers];
  });
  return { message: { ...message, answers, flags: { ...message.flags, tc } }, tookMs };
}

/** RFC 8914: option 15. */
function ednsWith({ code, reason }: { code: number; reason: string }): Edns {
  const text = [...reason].map((char) => char.charCodeAt(0) & 0xff);
  return {
    udpSize: 4096,
    version: 0,
    do: true,
    options: [{ code: 15, data: Uint8Array.of(code >> 8, code & 0xff, ...text) }],
  };
}
