import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import type { IpFamily } from "@kubenetsim/core/net/address";
import type { AddrtypeName, ConntrackStateName, Match, PortRange, StatisticMatch } from "../ruleset/match.ts";
import { parseWords } from "./iptables-address-parse.ts";
import { finishStatistic, readStatistic, type StatisticDraft, startStatistic } from "./iptables-statistic-parse.ts";
import type { LineWords } from "./iptables-words.ts";

type Writable<M> = M extends Match ? { -readonly [K in keyof M]: M[K] } : never;
/** A match while its options are being read. */
export type MatchDraft = Writable<Exclude<Match, StatisticMatch>> | StatisticDraft;

const transportKinds = new Set(["tcp", "udp", "sctp"]);
/** In the order in which `iptables-save` prints them. */
export const conntrackStates: readonly ConntrackStateName[] = [
  "INVALID",
  "NEW",
  "RELATED",
  "ESTABLISHED",
  "UNTRACKED",
  "SNAT",
  "DNAT",
];
export const stateOptions = { conntrack: "--ctstate", state: "--state" } as const;
const addrtypes = new Set<string>(["UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST"]);

/** Starts `-m NAME`. */
export function startMatch(line: LineWords, family: IpFamily, name: string): MatchDraft {
  switch (name) {
    case "comment":
      return { kind: name, text: "" };
    case "tcp":
    case "udp":
    case "sctp":
      return { kind: name, sourcePort: undefined, destinationPort: undefined };
    case "addrtype":
      return { kind: name, source: undefined, destination: undefined };
    case "conntrack":
    case "state":
      return { kind: name, negated: false, states: [] };
    case "mark":
      return { kind: name, negated: false, value: 0, mask: 0 };
    case "statistic":
      return startStatistic();
    case "recent": {
      const mask = family === "IPv4" ? [-1] : [-1, -1, -1, -1];
      const options = { seconds: undefined, hitcount: undefined, reap: false, side: "rsource", mask } as const;
      return { kind: name, negated: false, action: "rcheck", name: "DEFAULT", ...options };
    }
    case "set":
      return { kind: name, negated: false, set: "", directions: [] };
    case "nfacct":
      return { kind: name, name: "" };
    case "physdev":
      return { kind: name, negated: false, option: "physdev-is-in" };
    case "ipvs":
      return { kind: name, vaddr: undefined, vproto: undefined, vport: undefined };
    default:
      throw line.unsupported(`iptables match "${name}"`);
  }
}

/** True for an option of `-m tcp|udp|sctp`, which `-p` alone brings in too. */
export function isTransportOption(option: string): boolean {
  return option === "--dport" || option === "--sport" || option === "--destination-port" || option === "--source-port";
}

/** Reads an option into the match if it is one of its own. */
export function readMatchOption(
  line: LineWords,
  draft: MatchDraft,
  option: string,
  negated: boolean,
  family: IpFamily,
): boolean {
  switch (draft.kind) {
    case "comment":
      if (option !== "--comment") return false;
      draft.text = line.take("a comment");
      return true;
    case "tcp":
    case "udp":
    case "sctp":
      if (option === "--dport" || option === "--destination-port") draft.destinationPort = parsePorts(line, negated);
      else if (option === "--sport" || option === "--source-port") draft.sourcePort = parsePorts(line, negated);
      else return false;
      return true;
    case "addrtype":
      if (option === "--src-type") draft.source = parseAddrtype(line, negated);
      else if (option === "--dst-type") draft.destination = parseAddrtype(line, negated);
      else return false;
      return true;
    case "conntrack":
    case "state":
      if (option !== stateOptions[draft.kind]) return false;
      draft.negated = negated;
      draft.states = parseStates(line, draft.kind);
      return true;
    case "mark": {
      if (option !== "--mark") return false;
      const { value, mask } = parseMasked(line);
      Object.assign(draft, { negated, value, mask: mask ?? 0xffffffff });
      return true;
    }
    case "statistic":
      return readStatistic(line, draft, option, negated);
    case "recent":
      return readRecent(line, draft, option, negated, family);
    case "set":
      if (option !== "--match-set") return false;
      draft.negated = negated;
      draft.set = knownSet(line);
      draft.directions = line
        .take("src or dst")
        .split(",")
        .map((word) => direction(line, word));
      return true;
    case "nfacct":
      if (option !== "--nfacct-name") return false;
      draft.name = line.take("a counter's name");
      return true;
    case "physdev":
      if (option !== "--physdev-is-in") return false;
      draft.negated = negated;
      return true;
    case "ipvs":
      return readIpvs(line, draft, option, negated, family);
    default:
      return draft satisfies never;
  }
}

function parsePorts(line: LineWords, negated: boolean): PortRange {
  const word = line.take("a port");
  const colon = word.indexOf(":");
  if (colon < 0) {
    const port = line.numberOf(word, "a port", 65535);
    return { negated, from: port, to: port };
  }
  const from = colon === 0 ? 0 : line.numberOf(word.slice(0, colon), "a port", 65535);
  const to = colon === word.length - 1 ? 65535 : line.numberOf(word.slice(colon + 1), "a port", 65535);
  if (from > to) throw line.error(`the port range ${word} ends before it begins`);
  return { negated, from, to };
}

function parseAddrtype(line: LineWords, negated: boolean): { negated: boolean; type: AddrtypeName } {
  const word = line.take("an address type");
  if (!addrtypes.has(word)) throw line.unsupported(`address type "${word}"`);
  return { negated, type: word as AddrtypeName };
}

function parseStates(line: LineWords, kind: "conntrack" | "state"): ConntrackStateName[] {
  const words = line.take("a state").split(",");
  const known: readonly string[] = kind === "state" ? conntrackStates.slice(0, -2) : conntrackStates;
  for (const word of words) {
    if (!known.includes(word)) throw line.error(`unknown conntrack state ${word}`);
  }
  return conntrackStates.filter((state) => words.includes(state));
}

/** `VALUE[/MASK]`, 32 bits each. */
export function parseMasked(line: LineWords): { value: number; mask: number | undefined } {
  const word = line.take("a mark");
  const slash = word.indexOf("/");
  if (slash < 0) return { value: line.numberOf(word, "a mark", 0xffffffff, true), mask: undefined };
  const value = line.numberOf(word.slice(0, slash), "a mark", 0xffffffff, true);
  return { value, mask: line.numberOf(word.slice(slash + 1), "a mask", 0xffffffff, true) };
}

function readRecent(
  line: LineWords,
  draft: MatchDraft & { kind: "recent" },
  option: string,
  negated: boolean,
  family: IpFamily,
): boolean {
  switch (option) {
    case "--set":
    case "--rcheck":
    case "--update":
    case "--remove":
      draft.action = option.slice(2) as typeof draft.action;
      draft.negated = negated;
      return true;
    case "--name":
      draft.name = line.take("a list's name");
      return true;
    case "--seconds":
      draft.seconds = line.number("seconds", 0xffffffff);
      return true;
    case "--hitcount":
      draft.hitcount = line.number("a hit count", 255);
      return true;
    case "--reap":
      draft.reap = true;
      return true;
    case "--rsource":
    case "--rdest":
      draft.side = option.slice(2) as typeof draft.side;
      return true;
    case "--mask":
      draft.mask = parseWords(line, family, line.take("a mask"));
      return true;
    default:
      return false;
  }
}

function direction(line: LineWords, word: string): "src" | "dst" {
  if (word !== "src" && word !== "dst") throw line.error(`a set's direction is src or dst, not ${word}`);
  return word;
}

function readIpvs(
  line: LineWords,
  draft: MatchDraft & { kind: "ipvs" },
  option: string,
  negated: boolean,
  family: IpFamily,
): boolean {
  if (option !== "--vaddr" && option !== "--vproto" && option !== "--vport") return false;
  if (negated) throw line.unsupported(`"! ${option}" of iptables match "ipvs"`);
  if (option === "--vport") draft.vport = line.number("a port", 65535);
  else if (option === "--vaddr")
    draft.vaddr = parseWords(line, family, line.take("an address").replace(/\/(32|128)$/, ""));
  else {
    const word = line.take("a protocol");
    const named = { tcp: 6, udp: 17, sctp: 132 }[word];
    draft.vproto = named ?? line.numberOf(word, "a protocol", 255);
  }
  return true;
}

/** The matches when all their options have been read; in the same array. */
export function finishMatches(line: LineWords, drafts: readonly MatchDraft[]): readonly Match[] {
  const matches = drafts as Match[];
  for (let i = 0; i < drafts.length; i++) {
    const draft = drafts[i]!;
    if (draft.kind === "statistic") matches[i] = finishStatistic(line, draft);
    else checkMatch(line, draft);
  }
  return matches;
}

/** Refuses a match whose one necessary option did not come. */
function checkMatch(line: LineWords, draft: Exclude<MatchDraft, StatisticDraft>): void {
  const missing =
    (draft.kind === "set" && draft.set === "" && "--match-set") ||
    (draft.kind === "nfacct" && draft.name === "" && "--nfacct-name") ||
    ((draft.kind === "conntrack" || draft.kind === "state") && draft.states.length === 0 && stateOptions[draft.kind]) ||
    (draft.kind === "addrtype" && draft.source === undefined && draft.destination === undefined && "--dst-type");
  if (missing) throw line.error(`-m ${draft.kind} needs ${missing}`);
}

function knownSet(line: LineWords): string {
  const name = line.take("a set");
  if (line.sets === undefined || line.sets.has(name)) return name;
  const near = nearestWord(name, [...line.sets]);
  throw line.error(`set ${name} does not exist`, undefined, near === undefined ? undefined : `did you mean ${near}?`);
}

/** True for `tcp`, `udp` and `sctp`. */
export function isTransport(word: string): word is "tcp" | "udp" | "sctp" {
  return transportKinds.has(word);
}
