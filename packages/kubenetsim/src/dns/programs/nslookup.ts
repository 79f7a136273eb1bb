import { parseAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import { recordDataText } from "@kubenetsim/dns/message/record-text";
import { parseRecordType, type RecordType } from "@kubenetsim/dns/message/record-type";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";
import { reverseName } from "@kubenetsim/dns/message/reverse-name";
import { type ResolvConf, readResolvConf } from "@kubenetsim/dns/resolver/resolv-conf";
import { failed, type Program, printed } from "../../shell/program.ts";
import { nameProblem } from "./legal-name.ts";
import type { NameSystem } from "./name-system.ts";
import { searchedNames } from "./searched-names.ts";

/** How often nslookup asks a server that does not answer. */
const tries = 3;

interface Wanted {
  readonly name: string;
  /** Undefined for addresses: A, and AAAA of the name that was found. */
  readonly type: RecordType | undefined;
  readonly server: string | undefined;
  readonly port: number;
}

/** `nslookup` of BIND 9.18: the search list, A and then AAAA. */
export function nslookup(system: NameSystem): Program {
  return (args) => {
    const wanted = readWords(args);
    const conf = readResolvConf(system.files().resolvConf, "glibc");
    const problem = nameProblem(wanted.name);
    if (problem !== undefined) return failed(`nslookup: '${wanted.name}' is not in legal name syntax (${problem})`);
    const server = serverAddress(system, wanted.server, conf);
    if (server === undefined) return failed(`nslookup: couldn't get address for '${wanted.server}': not found`);
    const asker = new Asker(system, { server, port: wanted.port, isNamed: wanted.server !== undefined });
    const address = parseAddress(wanted.name);
    if (address !== undefined) return reverse(asker, reverseName(address));
    const head = `Server:\t\t${wanted.server ?? server}\nAddress:\t${server}#${wanted.port}\n\n`;
    const found = search(asker, wanted, conf);
    if (found === undefined) return failed(`${asker.notes};; no servers could be reached\n\n`);
    if (found.reply.rcode !== "NOERROR") {
      return {
        stdout: `${asker.notes}${head}** server can't find ${bare(found.name)}: ${found.reply.rcode}\n\n`,
        stderr: "",
        exitCode: 1,
      };
    }
    const first = asker.takeNotes();
    if (wanted.type !== undefined) return printed(`${first}${head}${typeText(found.reply, found.name)}\n`);
    const addresses = addressText(found.reply);
    const other = asker.ask(found.name, "AAAA");
    const both = addresses + asker.takeNotes() + (other === undefined ? "" : addressText(other));
    if (addresses !== "" || both.includes("Name:")) return printed(`${first}${head}${both}\n`);
    return printed(`${first}${head}*** Can't find ${bare(found.name)}: No answer\n\n`);
  };
}

/** Sends queries to one server and keeps what nslookup says of its answers. */
class Asker {
  notes = "";
  readonly #system: NameSystem;
  readonly #server: string;
  readonly #port: number;
  /** Whoever names the server is not told that it does not recurse. */
  readonly #isNamed: boolean;

  constructor(system: NameSystem, { server, port, isNamed }: { server: string; port: number; isNamed: boolean }) {
    this.#system = system;
    this.#server = server;
    this.#port = port;
    this.#isNamed = isNamed;
  }

  /** Undefined where no answer comes. */
  ask(name: string, type: RecordType): DnsMessage | undefined {
    const message = this.#system.query(name, type);
    for (let attempt = 0; attempt < tries; attempt++) {
      const outcome = this.#system.ask(this.#server, this.#port, "udp", message);
      if (outcome.kind === "answered") return this.#taken(outcome.message, message);
      const why = outcome.kind === "refused" ? "connection refused" : "timed out";
      this.notes += `;; communications error to ${this.#server}#${this.#port}: ${why}\n`;
    }
    return undefined;
  }

  #taken(reply: DnsMessage, message: DnsMessage): DnsMessage {
    if (reply.rcode === "SERVFAIL") this.notes += `;; Got SERVFAIL reply from ${this.#server}\n`;
    else if (!reply.flags.ra && !this.#isNamed) this.notes += `;; Got recursion not available from ${this.#server}\n`;
    if (!reply.flags.tc) return reply;
    this.notes += ";; Truncated, retrying in TCP mode.\n";
    const whole = this.#system.ask(this.#server, this.#port, "tcp", message);
    return whole.kind === "answered" ? whole.message : reply;
  }

  takeNotes(): string {
    const { notes } = this;
    this.notes = "";
    return notes;
  }
}

function search(
  asker: Asker,
  { name, type = "A" }: Wanted,
  conf: ResolvConf,
): { name: string; reply: DnsMessage } | undefined {
  let last: { name: string; reply: DnsMessage } | undefined;
  for (const full of searchedNames(name, conf)) {
    const reply = asker.ask(full, type);
    if (reply === undefined) return undefined;
    last = { name: full, reply };
    if (reply.rcode !== "NXDOMAIN") return last;
  }
  return last === undefined ? undefined : { ...last, name };
}

function reverse(asker: Asker, name: string): ReturnType<Program> {
  const reply = asker.ask(name, "PTR");
  if (reply === undefined) return failed(`${asker.notes};; no servers could be reached\n\n`);
  if (reply.rcode !== "NOERROR") {
    return { stdout: `${asker.notes}** server can't find ${bare(name)}: ${reply.rcode}\n\n`, stderr: "", exitCode: 1 };
  }
  return printed(`${asker.notes}${typeText(reply, name)}\n`);
}

function addressText({ answers }: DnsMessage): string {
  return answers
    .map((record) => {
      if (record.type === "CNAME") return `${bare(record.name)}\tcanonical name = ${record.target}\n`;
      return record.type === "A" || record.type === "AAAA"
        ? `Name:\t${bare(record.name)}\nAddress: ${record.address}\n`
        : "";
    })
    .join("");
}

const phrases: Partial<Record<RecordType, string>> = {
  CNAME: "canonical name",
  MX: "mail exchanger",
  NS: "nameserver",
  PTR: "name",
  SRV: "service",
  TXT: "text",
};

function typeText({ answers }: DnsMessage, name: string): string {
  if (answers.length === 0) return `*** Can't find ${bare(name)}: No answer\n`;
  return answers.map(lineOf).join("");
}

function lineOf(record: ResourceRecord): string {
  if (record.type === "A" || record.type === "AAAA") return `Name:\t${bare(record.name)}\nAddress: ${record.address}\n`;
  if (record.type === "SOA") {
    const { mname, rname, serial, refresh, retry, expire, minimum } = record;
    return (
      `${bare(record.name)}\n\torigin = ${bare(mname)}\n\tmail addr = ${bare(rname)}\n\tserial = ${serial}\n` +
      `\trefresh = ${refresh}\n\tretry = ${retry}\n\texpire = ${expire}\n\tminimum = ${minimum}\n`
    );
  }
  const phrase = phrases[record.type] ?? `rdata_${record.type}`;
  return `${bare(record.name)}\t${phrase} = ${recordDataText(record)}\n`;
}

function bare(name: string): string {
  return name === "." ? name : name.replace(/\.$/, "");
}

function serverAddress(system: NameSystem, server: string | undefined, conf: ResolvConf): string | undefined {
  if (server === undefined) return conf.nameservers[0]!;
  return parseAddress(server) ?? system.resolve(server).addresses[0];
}

function readWords(args: readonly string[]): Wanted {
  let type: RecordType | undefined;
  let port = 53;
  const words: string[] = [];
  for (const arg of args) {
    const [, option, value = ""] = /^-(type|ty|querytype|q|port)=(.+)$/.exec(arg) ?? [];
    if (option === "port") port = Number(value);
    else if (option !== undefined) type = parseRecordType(value) ?? refuse(`nslookup ${arg}`);
    else if (arg.startsWith("-")) refuse(`nslookup ${arg}`);
    else words.push(arg);
  }
  const [name, server, ...more] = words;
  if (name === undefined) return refuse("nslookup without a name");
  if (more.length > 0) return refuse("nslookup of several names");
  return { name, type, server, port };
}

function refuse(what: string): never {
  throw new UnsupportedError(what, "nslookup takes NAME [SERVER], -type=TYPE and -port=N");
}
