import type { NftEndpoint, NftStatement } from "../ruleset/nft-expression.ts";
import { nftAddress } from "./nft-address-text.ts";
import { elementOrder } from "./nft-element-order.ts";
import { matchText } from "./nft-match-print.ts";
import { braced, isInterval, type StatementForm } from "./nft-statement-form.ts";
import { kindsOfKey } from "./nft-value-kind.ts";
import { elementKeyText, keyText, markText, type NftStyle, verdictText } from "./nft-value-print.ts";

export function statementText(statement: NftStatement, form: StatementForm): string {
  switch (statement.kind) {
    case "match":
      return matchText(statement, form);
    case "vmap":
      return vmapText(statement, form);
    case "verdict":
      return verdictText(statement.verdict);
    case "reject":
      return statement.with === undefined ? "reject" : `reject with ${statement.with}`;
    case "set-mark":
      return setMarkText(statement, form.style);
    case "set-mark-to": {
      const mark = form.style === "listed" ? "meta mark" : "mark";
      return `${mark} set ${keyText([statement.field], form.family, form.style, form.ports)}`;
    }
    case "masquerade":
      return statement.fullyRandom ? "masquerade fully-random" : "masquerade";
    case "dnat":
      return `dnat to ${endpointText(statement.to)}`;
    case "dnat-map":
      return dnatMapText(statement, form);
    case "update-set":
      return `${statement.verb} @${statement.set} { ${keyText(statement.key, form.family, form.style, form.ports)} }`;
    case "counter":
      return counterText(statement, form.style);
  }
}

function vmapText(statement: NftStatement & { kind: "vmap" }, form: StatementForm): string {
  const key = keyText(statement.key, form.family, form.style, form.ports);
  if (statement.map.kind === "named") return `${key} vmap @${statement.map.map}`;
  const elements = inOrder(statement.map.elements, statement, form).map(
    (element) => `${elementKeyText(element.key, form.style)} : ${verdictText(element.verdict)}`,
  );
  return `${key} vmap ${braced(elements, form.style)}`;
}

function dnatMapText(statement: NftStatement & { kind: "dnat-map" }, form: StatementForm): string {
  const key = keyText(statement.key, form.family, form.style, form.ports);
  const withPorts = statement.elements.some(({ to }) => to.port !== undefined);
  const target = form.style === "listed" ? `${form.family} ` : `${form.family} addr . port `;
  const elements = inOrder(statement.elements, statement, form).map(({ key: elementKey, to }) => {
    const port = to.port === undefined ? "" : ` . ${to.port}`;
    return `${elementKeyText(elementKey, form.style)} : ${nftAddress(to.address)}${port}`;
  });
  return `dnat ${withPorts ? target : ""}to ${key} map ${braced(elements, form.style)}`;
}

/** A listing has the elements in its own order, text for nft as they were given. */
function inOrder<T extends { readonly key: Parameters<typeof elementKeyText>[0] }>(
  elements: readonly T[],
  { key }: Pick<NftStatement & { kind: "vmap" }, "key">,
  form: StatementForm,
): readonly T[] {
  if (form.style === "fed") return elements;
  const intervals = elements.some((element) => element.key.some(isInterval));
  const compare = elementOrder(kindsOfKey(key, form.family), intervals);
  return [...elements].sort((a, b) => compare(a.key, b.key));
}

function endpointText({ address, port }: NftEndpoint): string {
  const text = nftAddress(address);
  if (port === undefined) return text;
  return address.length === 1 ? `${text}:${port}` : `[${text}]:${port}`;
}

const signs = { or: "|", xor: "^", and: "&" } as const;

function setMarkText({ operation, value }: NftStatement & { kind: "set-mark" }, style: NftStyle): string {
  const mark = style === "listed" ? "meta mark" : "mark";
  if (operation === "set") return `${mark} set ${markText(value, style)}`;
  const nothing = operation === "and" ? 0xffffffff : 0;
  if (style === "listed" && value >>> 0 === nothing) return "meta mark set meta mark";
  return `${mark} set ${mark} ${style === "listed" ? signs[operation] : operation} ${markText(value, style)}`;
}

function counterText(statement: NftStatement & { kind: "counter" }, style: NftStyle): string {
  if (statement.name !== undefined) return `counter name "${statement.name}"`;
  const { packets = 0, bytes = 0 } = statement;
  return style === "fed" && packets === 0 && bytes === 0 ? "counter" : `counter packets ${packets} bytes ${bytes}`;
}
