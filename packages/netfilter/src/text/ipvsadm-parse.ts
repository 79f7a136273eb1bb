import { addressWords, type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import { splitHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { defaultPersistenceSeconds } from "../ipvs/persistence.ts";
import { type RealServer, type SchedulerFlag, schedulerFlags, type VirtualServer } from "../ruleset/virtual-server.ts";

type Draft = { -readonly [K in keyof VirtualServer]: VirtualServer[K] } & { realServers: RealServer[] };

/** One line on its way: its words and where it stands. */
interface Line {
  readonly words: readonly string[];
  readonly source: string;
  readonly line: number;
}

const protocolOptions: Readonly<Record<string, Protocol>> = {
  "-t": "TCP",
  "--tcp-service": "TCP",
  "-u": "UDP",
  "--udp-service": "UDP",
  "--sctp-service": "SCTP",
};
const flagWords: readonly string[] = schedulerFlags;
const defaultScheduler = "wlc";

/**
 * Reads what `ipvsadm -Sn` prints: the `-A` and `-a` lines that `ipvsadm -R` takes, with numeric addresses. Real servers
 * are in the order of their lines, which is the order in which `-R` adds them.
 *
 * @throws ParseError for a line that ipvsadm would not take; UnsupportedError for an option that is not modelled.
 */
export function parseIpvsadmSave(text: string, source = "ipvsadm"): VirtualServer[] {
  const drafts = new Map<string, Draft>();
  for (const [index, content] of text.split("\n").entries()) {
    const words = content.split(/\s+/).filter((word) => word !== "");
    if (words.length === 0 || words[0]!.startsWith("#")) continue;
    readLine({ words, source, line: index + 1 }, drafts);
  }
  return [...drafts.values()];
}

function readLine(line: Line, drafts: Map<string, Draft>): void {
  const [command] = line.words;
  const options = readOptions(line);
  const identity = serviceIdentity(line, options);
  const key = `${identity.fwmark ?? identity.protocol} ${identity.address} ${identity.port}`;
  const known = drafts.get(key);
  if (command === "-A") {
    if (known !== undefined) throw problem(line, "this service was added before");
    drafts.set(key, { ...identity, ...serviceSettings(line, options, identity), realServers: [], origin: undefined });
  } else if (command === "-a") {
    if (known === undefined) throw problem(line, "no -A line for this service stands before");
    known.realServers.push(readRealServer(line, options));
  } else {
    throw problem(line, `expected -A or -a, found ${JSON.stringify(command)}`);
  }
}

const valueless = new Set(["-m", "-g", "-i", "-6", "--masquerading", "--gatewaying", "--ipip", "--ipv6"]);
const valued = new Set([
  ...Object.keys(protocolOptions),
  ...["-f", "--fwmark-service", "-s", "--scheduler", "-p", "--persistent", "-M", "--netmask", "-b", "--sched-flags"],
  ...["-r", "--real-server", "-w", "--weight", "-x", "--u-threshold", "-y", "--l-threshold", "--tun-type"],
]);

function readOptions(line: Line): Map<string, string> {
  const options = new Map<string, string>();
  for (let i = 1; i < line.words.length; i++) {
    const word = line.words[i]!;
    if (valueless.has(word)) {
      options.set(word, "");
      continue;
    }
    if (!valued.has(word)) throw new UnsupportedError(`ipvsadm option ${word}`, `line ${line.line}`, position(line));
    const value = line.words[i + 1];
    const hasValue = value !== undefined && !value.startsWith("-");
    if (!hasValue && word !== "-p" && word !== "--persistent") throw problem(line, `${word} needs a value`);
    options.set(word, hasValue ? value : String(defaultPersistenceSeconds));
    if (hasValue) i++;
  }
  return options;
}

type Identity = Pick<VirtualServer, "protocol" | "address" | "port" | "fwmark">;

function serviceIdentity(line: Line, options: ReadonlyMap<string, string>): Identity {
  const mark = options.get("-f") ?? options.get("--fwmark-service");
  if (mark !== undefined) {
    const v6 = options.has("-6") || options.has("--ipv6");
    const address = (v6 ? "::" : "0.0.0.0") as IpAddress;
    return { protocol: "TCP", address, port: 0, fwmark: readNumber(line, mark, 1, 2 ** 32 - 1) };
  }
  for (const [option, protocol] of Object.entries(protocolOptions)) {
    const text = options.get(option);
    if (text !== undefined) return { protocol, ...readEndpoint(line, text) };
  }
  throw problem(line, "expected a service: -t, -u or --sctp-service address:port, or -f mark");
}

function serviceSettings(
  line: Line,
  options: ReadonlyMap<string, string>,
  identity: Identity,
): Pick<VirtualServer, "scheduler" | "schedulerFlags" | "persistenceTimeout" | "persistenceNetmask"> {
  const timeout = options.get("-p") ?? options.get("--persistent");
  const mask = options.get("-M") ?? options.get("--netmask");
  const flags = (options.get("-b") ?? options.get("--sched-flags") ?? "").split(",").filter((flag) => flag !== "");
  for (const flag of flags) {
    if (!flagWords.includes(flag))
      throw new UnsupportedError(`scheduler flag ${flag}`, `line ${line.line}`, position(line));
  }
  return {
    scheduler: options.get("-s") ?? options.get("--scheduler") ?? defaultScheduler,
    schedulerFlags: flags as SchedulerFlag[],
    persistenceTimeout: timeout === undefined ? undefined : readNumber(line, timeout, 1, 86_400 * 31),
    persistenceNetmask: timeout === undefined ? undefined : readMask(line, mask, identity.address.includes(":")),
  };
}

function readMask(line: Line, mask: string | undefined, v6: boolean): number {
  if (mask === undefined) return v6 ? 128 : 32;
  if (v6) return readNumber(line, mask, 1, 128);
  const address = parseAddress(mask);
  const word = address === undefined ? undefined : addressWords(address)[0];
  const length = word === undefined ? -1 : Math.clz32(~word);
  if (word === undefined || word !== (length === 0 ? 0 : -1 << (32 - length))) {
    throw problem(line, `expected a netmask, found ${JSON.stringify(mask)}`);
  }
  return length;
}

function readRealServer(line: Line, options: ReadonlyMap<string, string>): RealServer {
  const server = options.get("-r") ?? options.get("--real-server");
  if (server === undefined) throw problem(line, "expected a real server: -r address:port");
  const number = (short: string, long: string, otherwise: number): number => {
    const text = options.get(short) ?? options.get(long);
    return text === undefined ? otherwise : readNumber(line, text, 0, 2 ** 31 - 1);
  };
  return {
    ...readEndpoint(line, server),
    weight: number("-w", "--weight", 1),
    forward: readForward(options),
    upperThreshold: number("-x", "--u-threshold", 0),
    lowerThreshold: number("-y", "--l-threshold", 0),
  };
}

function readForward(options: ReadonlyMap<string, string>): RealServer["forward"] {
  if (options.has("-m") || options.has("--masquerading")) return "Masq";
  return options.has("-i") || options.has("--ipip") ? "Tunnel" : "Route";
}

function readEndpoint(line: Line, text: string): { address: IpAddress; port: number } {
  const parts = splitHostPort(text);
  const address = parts === undefined ? undefined : parseAddress(parts.host);
  if (parts === undefined || address === undefined) {
    throw problem(line, `expected address:port with a numeric address, found ${JSON.stringify(text)}`);
  }
  return { address, port: parts.port };
}

function readNumber(line: Line, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw problem(line, `expected a number from ${least} to ${most}, found ${JSON.stringify(text)}`);
}

function position(line: Line): { source: string; line: number; column: number } {
  return { source: line.source, line: line.line, column: 1 };
}

function problem(line: Line, message: string): ParseError {
  return new ParseError(message, { position: position(line) });
}
