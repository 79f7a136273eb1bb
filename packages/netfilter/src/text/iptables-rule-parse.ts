import type { IpFamily } from "@kubenetsim/core/net/address";
import type { AddressCondition, Counters, DeviceCondition, ProtocolCondition, Rule } from "../ruleset/rule.ts";
import type { Target } from "../ruleset/target.ts";
import { parseAddressCondition } from "./iptables-address-parse.ts";
import {
  finishMatches,
  isTransport,
  isTransportOption,
  type MatchDraft,
  readMatchOption,
  startMatch,
} from "./iptables-match-parse.ts";
import { checkTarget, readTargetOption, startTarget } from "./iptables-target-parse.ts";
import type { LineWords } from "./iptables-words.ts";
import { protocolNumber, protocolWord } from "./protocol-words.ts";

/** What has been read of a rule so far. */
interface RuleDraft {
  source: AddressCondition | undefined;
  destination: AddressCondition | undefined;
  inDevice: DeviceCondition | undefined;
  outDevice: DeviceCondition | undefined;
  protocol: ProtocolCondition | undefined;
  matches: readonly MatchDraft[];
  target: Target | undefined;
  counters: Counters | undefined;
  readonly origin: undefined;
  readonly line: number;
}

const noMatches: readonly MatchDraft[] = [];

/** Arrays of just the length: one that grows by `push` takes room for 17, and there are very many rules. */
function addMatch(draft: RuleDraft, match: MatchDraft): void {
  const { matches } = draft;
  if (matches.length === 0) draft.matches = [match];
  else if (matches.length === 1) draft.matches = [matches[0]!, match];
  else draft.matches = [...matches, match];
}

/** The rest of a line after `-A CHAIN`. */
export function parseRule(line: LineWords, family: IpFamily, counters: Counters | undefined): Rule {
  const draft: RuleDraft = {
    source: undefined,
    destination: undefined,
    inDevice: undefined,
    outDevice: undefined,
    protocol: undefined,
    matches: noMatches,
    target: undefined,
    counters,
    origin: undefined,
    line: line.line,
  };
  while (!line.done) {
    let word = line.take("an option");
    const negated = word === "!";
    if (negated) word = line.take("an option");
    if (!readHeaderOption(line, draft, word, negated, family)) readExtensionOption(line, draft, word, negated, family);
  }
  const rule = Object.assign(draft, { matches: finishMatches(line, draft.matches) });
  if (rule.target !== undefined) checkTarget(line, rule.target);
  return rule;
}

/** The options that belong to every rule. */
function readHeaderOption(
  line: LineWords,
  draft: RuleDraft,
  option: string,
  negated: boolean,
  family: IpFamily,
): boolean {
  switch (option) {
    case "-d":
    case "--dst":
    case "--destination":
      draft.destination = parseAddressCondition(line, family, negated);
      return true;
    case "-s":
    case "--src":
    case "--source":
      draft.source = parseAddressCondition(line, family, negated);
      return true;
    case "-p":
    case "--protocol":
      draft.protocol = parseProtocol(line, negated);
      return true;
    case "-m":
    case "--match":
      addMatch(draft, startMatch(line, family, line.take("a match")));
      return true;
    case "-j":
    case "--jump":
    case "-g":
    case "--goto":
      draft.target = parseTarget(line, draft, option.startsWith("-g") || option === "--goto", family);
      return true;
    case "-i":
    case "--in-interface":
      draft.inDevice = parseDevice(line, negated);
      return true;
    case "-o":
    case "--out-interface":
      draft.outDevice = parseDevice(line, negated);
      return true;
    case "-c":
    case "--set-counters":
      draft.counters = {
        packets: line.number("a packet count", Number.MAX_SAFE_INTEGER),
        bytes: line.number("a byte count", Number.MAX_SAFE_INTEGER),
      };
      return true;
    default:
      return false;
  }
}

/** An option of a match or of the target: the newest that knows it takes it. */
function readExtensionOption(
  line: LineWords,
  draft: RuleDraft,
  option: string,
  negated: boolean,
  family: IpFamily,
): void {
  for (let i = draft.matches.length - 1; i >= 0; i--) {
    if (readMatchOption(line, draft.matches[i]!, option, negated, family)) return;
  }
  const target = draft.target && readTargetOption(line, draft.target, option, family);
  if (target !== undefined) {
    draft.target = target;
    return;
  }
  const protocol = draft.protocol && protocolWord(draft.protocol.number);
  if (protocol !== undefined && isTransport(protocol) && isTransportOption(option)) {
    const match = startMatch(line, family, protocol);
    addMatch(draft, match);
    readMatchOption(line, match, option, negated, family);
    return;
  }
  if (!option.startsWith("-")) throw line.error(`an option was expected, not "${option}"`);
  throw line.unsupported(`iptables option "${option}"`);
}

const protocolConditions = new Map<string, ProtocolCondition>();

function parseProtocol(line: LineWords, negated: boolean): ProtocolCondition | undefined {
  const word = line.take("a protocol");
  const known = negated ? undefined : protocolConditions.get(word);
  if (known !== undefined) return known;
  const number = protocolNumber(word);
  if (number === undefined) throw line.error(`unknown protocol ${word}`);
  if (number === 0) {
    if (negated) throw line.error("rule would never match: ! -p all");
    return undefined;
  }
  const condition: ProtocolCondition = Object.freeze({ negated, number });
  if (!negated) protocolConditions.set(word, condition);
  return condition;
}

function parseDevice(line: LineWords, negated: boolean): DeviceCondition | undefined {
  const name = line.take("a device");
  return name === "+" && !negated ? undefined : { negated, name };
}

function parseTarget(line: LineWords, draft: RuleDraft, goto: boolean, family: IpFamily): Target {
  if (draft.target !== undefined) throw line.error("a rule has one target");
  const name = line.take("a target");
  if (goto) return { kind: "goto", chain: name };
  return startTarget(name, family) ?? { kind: "jump", chain: name };
}
