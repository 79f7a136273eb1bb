import type { NftVerdict } from "../../ruleset/nft-expression.ts";
import type { NftDataType, NftElement, NftSet } from "../../ruleset/nft-table.ts";
import { elementPattern } from "./element-pattern.ts";
import { type ElementLimits, ElementSet, type IndexedElement } from "./element-set.ts";
import { nftVerdict, nftVerdictBits } from "./nft-code.ts";

/** What nft asks of the kernel for a set that rules add to and that says nothing else. */
const dynamicSize = 65_535;

/** Number of a chain of the set's table. */
type ChainId = (name: string) => number;

/** A set with a name, ready for look-ups. Its elements' times begin now. */
export function indexSet(set: NftSet, chainId: ChainId, nowMs: number): ElementSet {
  const indexed = new ElementSet(widthOf(set.type), limitsOf(set));
  for (const element of set.elements) indexed.add(indexedElement(element, set.name, chainId), nowMs);
  return indexed;
}

export function limitsOf({ flags, size, timeoutSeconds }: NftSet): ElementLimits {
  const isDynamic = flags.includes("dynamic");
  return {
    timeoutMs: timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : timeoutSeconds * 1000,
    size: size ?? (isDynamic ? dynamicSize : Number.POSITIVE_INFINITY),
    isLive: isDynamic || flags.includes("timeout") || timeoutSeconds !== undefined,
  };
}

export function indexedElement(element: NftElement, set: string, chainId: ChainId): IndexedElement {
  const pattern = elementPattern(element.key, `set ${set}`);
  return { pattern, action: element.verdict === undefined ? -1 : verdictWord(element.verdict, chainId), element };
}

/** A verdict as the code has it. */
export function verdictWord(verdict: NftVerdict, chainId: ChainId): number {
  const chain = verdict.kind === "jump" || verdict.kind === "goto" ? chainId(verdict.chain) : 0;
  return nftVerdict[verdict.kind] | (chain << nftVerdictBits);
}

function widthOf(types: readonly NftDataType[]): number {
  return types.reduce((sum, type) => sum + (type === "ipv6_addr" ? 4 : 1), 0);
}
