import type { NftValue } from "../ruleset/nft-expression.ts";
import type { NftFamily } from "../ruleset/nft-table.ts";
import type { NftStyle } from "./nft-value-print.ts";

/** How a statement is written: for which family, in which form, and what stands before its ports. */
export interface StatementForm {
  readonly family: NftFamily;
  readonly style: NftStyle;
  readonly ports: string;
}

export function isInterval(value: NftValue): boolean {
  return value.kind === "cidr" || (value.kind === "device" && value.name.endsWith("*"));
}

/** nft puts no blank before a comma, kube-proxy does. */
export function braced(elements: readonly string[], style: NftStyle): string {
  return `{ ${elements.join(style === "listed" ? ", " : " , ")} }`;
}
