import type { AddressCondition, DeviceCondition, Rule } from "../ruleset/rule.ts";
import type { Target } from "../ruleset/target.ts";
import { survivalWords } from "./cascade-draw.ts";
import { ruleFlag, targetCode, targetShift } from "./code-layout.ts";
import { rejectionCode } from "./icmp-error.ts";
import { encodeMatches, type MatchNames } from "./match-encoder.ts";

/** Gives numbers to what a rule names. */
export interface RuleNames extends MatchNames {
  deviceId(condition: DeviceCondition): number;
  /** The chain of the same table; throws when there is none. */
  chainId(name: string, rule: Rule): number;
}

/** What the rule belongs to beside its chain: the run by number, the cascade by where its record begins. */
export type Membership = { readonly kind: "run" | "cascade"; readonly word: number } | undefined;

/** Appends the record of one rule. */
export function encodeRule(code: number[], rule: Rule, index: number, member: Membership, names: RuleNames): void {
  const start = code.length;
  code.push(0, index | (rule.matches.length << 24), member?.word ?? 0);
  let flags = 0;
  if (member !== undefined) flags |= member.kind === "run" ? ruleFlag.runMember : ruleFlag.cascadeMember;
  flags |= encodeAddress(code, rule.destination, 1);
  flags |= encodeAddress(code, rule.source, 8);
  if (rule.protocol !== undefined && rule.protocol.number !== 0) {
    flags |= ruleFlag.protocol;
    code.push(rule.protocol.number | (rule.protocol.negated ? 256 : 0));
  }
  if (rule.inDevice !== undefined || rule.outDevice !== undefined) {
    flags |= ruleFlag.devices;
    code.push(rule.inDevice ? names.deviceId(rule.inDevice) : -1, rule.outDevice ? names.deviceId(rule.outDevice) : -1);
  }
  if (encodeMatches(code, rule.matches, member?.kind === "cascade", names)) flags |= ruleFlag.matches;
  const target = encodeTarget(code, rule.target, rule, names);
  code[start] = flags | (target << targetShift) | ((code.length - start) << 16);
}

/** `factor` shifts the flags of the destination to those of the source. */
function encodeAddress(code: number[], condition: AddressCondition | undefined, factor: number): number {
  if (condition === undefined || (condition.prefix === 0 && !condition.negated)) return 0;
  const width = condition.words.length;
  code.push(...condition.words);
  const masked = condition.prefix < width * 32;
  for (let i = 0; masked && i < width; i++) code.push(maskOf(condition.prefix - 32 * i));
  const flags =
    ruleFlag.destination |
    (masked ? ruleFlag.destinationMasked : 0) |
    (condition.negated ? ruleFlag.destinationNegated : 0);
  return flags * factor;
}

function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
}

function encodeTarget(code: number[], target: Target | undefined, rule: Rule, names: RuleNames): number {
  if (target === undefined) return targetCode.none;
  switch (target.kind) {
    case "ACCEPT":
    case "DROP":
    case "RETURN":
      break;
    case "jump":
    case "goto":
      code.push(-1 - names.chainId(target.chain, rule));
      break;
    case "REJECT":
      code.push(rejectionCode(target.with));
      break;
    case "DNAT":
      code.push(...target.address, target.port ?? -1);
      break;
    case "MASQUERADE":
      code.push(Number(target.randomFully));
      break;
    case "REDIRECT":
      code.push(target.port ?? -1);
      break;
    case "MARK":
      code.push(target.value | 0, target.mask | 0);
      break;
    default:
      target satisfies never;
  }
  return targetCode[target.kind];
}

/** Appends the record of a cascade and tells where; the words a rule are filled in when its rules are encoded. */
export function encodeCascade(code: number[], chances: readonly number[], firstRule: number, cost: number): number {
  const start = code.length;
  let survival = 1;
  code.push(ruleFlag.cascade, chances.length, 0, firstRule, cost, ...survivalWords(survival));
  for (const chance of chances) {
    survival *= 1 - chance;
    code.push(...survivalWords(survival));
  }
  return start;
}
