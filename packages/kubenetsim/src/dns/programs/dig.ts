import { parseAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { timestampOf, unixSecondsOf } from "@kubenetsim/core/runtime/timestamp";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import { fullyQualified } from "@kubenetsim/dns/message/dns-name";
import { recordDataText } from "@kubenetsim/dns/message/record-text";
import type { RecordType } from "@kubenetsim/dns/message/record-type";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";
import type { DnsTransport, Exchange } from "@kubenetsim/dns/plugins/plugin";
import { readResolvConf } from "@kubenetsim/dns/resolver/resolv-conf";
import { encodeMessage } from "@kubenetsim/dns/wire/encode-message";
import { fitReply } from "@kubenetsim/dns/wire/fit-reply";
import { failed, type Program, printed } from "../../shell/program.ts";
import { type DigOptions, type DigPart, readDigOptions } from "./dig-options.ts";
import { nameProblem } from "./legal-name.ts";
import { questionLine, recordLine } from "./master-lines.ts";
import type { NameSystem } from "./name-system.ts";
import { searchedNames } from "./searched-names.ts";

const version = "9.18.49-1~deb12u3-Debian";

/** `dig` of BIND 9.18: one name, its answer as it came. */
export function dig(system: NameSystem): Program {
  return (args) => {
    const read = readDigOptions(args);
    if ("problem" in read) return failed(read.problem, read.exitCode);
    const { options } = read;
    const problem = nameProblem(options.name);
    if (problem !== undefined) return failed(`dig: '${options.name}' is not a legal name (${problem})`, 10);
    const server = options.server === undefined ? undefined : addressOf(system, options.server);
    if (options.server !== undefined && server === undefined) {
      return failed(`dig: couldn't get address for '${options.server}': not found`, 1);
    }
    const head = options.short || !options.shows.has("cmd") ? "" : headText(args, options);
    const asked = lookUp(system, options, server);
    if (asked.message === undefined) {
      return {
        stdout: `${asked.notes}${head}${head === "" ? "" : ";; no servers could be reached\n"}`,
        stderr: "",
        exitCode: 9,
      };
    }
    if (options.type === "AXFR" || options.type === "IXFR") return printed(`${head}${transferText(asked.message)}`);
    if (options.short) return printed(asked.message.answers.map((record) => `${recordDataText(record)}\n`).join(""));
    return printed(`${asked.notes}${head}${messageText(asked.message, options)}${statsText(system, asked, options)}`);
  };
}

function headText(args: readonly string[], { serverBeforeName }: DigOptions): string {
  const found = serverBeforeName ? "; (1 server found)\n" : "";
  return `\n; <<>> DiG ${version} <<>> ${args.join(" ")}\n${found};; global options: +cmd\n`;
}

/** Answers to these may be long. */
const byTcp: ReadonlySet<RecordType> = new Set<RecordType>(["ANY", "AXFR", "IXFR"]);

interface Asked {
  readonly query?: DnsMessage;
  readonly message?: DnsMessage;
  readonly server: string;
  readonly transport: DnsTransport;
  /** What dig says before its header. */
  readonly notes: string;
}

function lookUp(system: NameSystem, options: DigOptions, server: string | undefined): Asked {
  const conf = readResolvConf(system.files().resolvConf, "glibc");
  const servers = server === undefined ? conf.nameservers : [server];
  const names = options.search ? searchedNames(options.name, conf) : [fullyQualified(options.name)];
  let asked: Asked = { server: servers[0]!, transport: "udp", notes: "" };
  for (const name of names) {
    asked = askServers(system, options, name, servers);
    if (asked.message?.rcode !== "NXDOMAIN") break;
  }
  return asked;
}

function addressOf(system: NameSystem, server: string): string | undefined {
  return parseAddress(server) ?? system.resolve(server).addresses[0];
}

function askServers(system: NameSystem, options: DigOptions, name: string, servers: readonly string[]): Asked {
  const { port, udpSize } = options;
  const query = system.query(name, options.type);
  const flags = { ...query.flags, rd: options.recurse, ad: true };
  const edns = options.edns ? { udpSize, version: 0, do: false, options: [] } : undefined;
  const message: DnsMessage = { ...query, flags, edns };
  let transport: DnsTransport = (options.tcp ?? byTcp.has(options.type)) ? "tcp" : "udp";
  let notes = "";
  for (let attempt = 0; attempt < options.tries; attempt++) {
    for (const server of servers) {
      const outcome = system.ask(server, port, transport, message);
      if (outcome.kind !== "answered") {
        notes += failureText(outcome, { server, port, name, transport });
        continue;
      }
      if (!outcome.message.flags.tc || transport === "tcp" || options.ignore) {
        return { query: message, message: outcome.message, server, transport, notes };
      }
      notes += ";; Truncated, retrying in TCP mode.\n";
      transport = "tcp";
      const whole = system.ask(server, port, transport, message);
      if (whole.kind === "answered") return { query: message, message: whole.message, server, transport, notes };
    }
  }
  return { server: servers[0]!, transport, notes };
}

function failureText(
  { kind }: Exchange,
  { server, port, name, transport }: { server: string; port: number; name: string; transport: DnsTransport },
): string {
  const why = kind === "refused" ? "connection refused" : "timed out";
  if (transport === "udp") return `;; communications error to ${server}#${port}: ${why}\n`;
  return `;; Connection to ${server}#${port}(${server}) for ${name.replace(/\.$/, "")} failed: ${why}.\n`;
}

/** A transfer is all or nothing. @throws UnsupportedError where there is a zone to print */
function transferText({ rcode, answers }: DnsMessage): string {
  if (rcode === "NOERROR" && answers.length > 0) {
    throw new UnsupportedError(
      "dig AXFR",
      "the dig of kubenetsim prints no zones; ask kubenetsim serve with a real one",
    );
  }
  return "; Transfer failed.\n";
}

function messageText(message: DnsMessage, { shows, recurse }: DigOptions): string {
  const { questions, answers, authorities, additionals, edns } = message;
  const sections: [DigPart, string, readonly ResourceRecord[]][] = [
    ["answer", "ANSWER", answers],
    ["authority", "AUTHORITY", authorities],
    ["additional", "ADDITIONAL", additionals],
  ];
  const comments = shows.has("comments");
  let text = comments ? headerText(message, recurse) : "";
  if (comments && edns !== undefined) {
    text += `;; OPT PSEUDOSECTION:\n; EDNS: version: ${edns.version}, flags:${edns.do ? " do" : ""}; udp: ${edns.udpSize}\n`;
  }
  if (shows.has("question")) {
    const lines = questions.map((question) => `${questionLine(question)}\n`).join("");
    text += comments ? `;; QUESTION SECTION:\n${lines}\n` : lines;
  }
  for (const [part, title, records] of sections) {
    if (!shows.has(part) || records.length === 0) continue;
    const lines = records.map((record) => `${recordLine(record)}\n`).join("");
    text += comments ? `;; ${title} SECTION:\n${lines}\n` : lines;
  }
  return text;
}

const flagNames = ["qr", "aa", "tc", "rd", "ra", "ad", "cd"] as const;

function headerText(message: DnsMessage, recurse: boolean): string {
  const { id, opcode, rcode, flags, questions, answers, authorities, additionals, edns } = message;
  const isLocal = questions[0]?.name.toLowerCase().endsWith(".local.") === true;
  const warning = isLocal
    ? ";; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n"
    : "";
  const shown = flagNames.filter((flag) => flags[flag]).join(" ");
  const extra = additionals.length + (edns === undefined ? 0 : 1);
  const counts = `QUERY: ${questions.length}, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: ${extra}`;
  const unavailable = recurse && flags.rd && !flags.ra ? ";; WARNING: recursion requested but not available\n" : "";
  return (
    `;; Got answer:\n${warning};; ->>HEADER<<- opcode: ${opcode}, status: ${rcode}, id: ${id}\n` +
    `;; flags: ${shown}; ${counts}\n${unavailable}\n`
  );
}

const days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function statsText(
  system: NameSystem,
  { message, query, server, transport }: Asked,
  { shows, port }: DigOptions,
): string {
  if (!shows.has("stats") || message === undefined || query === undefined) return "";
  const compress = message.flags.tc || fitReply(query, message, { transport, client: server }).compress;
  const size = encodeMessage(message, { compress }).length;
  return (
    `;; Query time: 0 msec\n;; SERVER: ${server}#${port}(${server}) (${transport.toUpperCase()})\n` +
    `;; WHEN: ${dateText(system.nowMs())}\n;; MSG SIZE  rcvd: ${size}\n\n`
  );
}

/** `Mon Nov 23 19:40:55 UTC 2026` */
function dateText(nowMs: number): string {
  const [date = "", time = ""] = timestampOf(nowMs).slice(0, -1).split("T");
  const [year, month, day] = date.split("-");
  const weekday = days[Math.floor(unixSecondsOf(nowMs) / 86_400) % 7];
  return `${weekday} ${months[Number(month) - 1]} ${day} ${time} UTC ${year}`;
}
