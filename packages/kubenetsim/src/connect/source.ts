import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";

/** Where a packet starts. */
export type Source =
  | { readonly kind: "pod"; readonly namespace: string; readonly name: string }
  | { readonly kind: "node"; readonly name: string }
  /** A host outside of the cluster; without an address, the topology's first. */
  | { readonly kind: "external"; readonly address: IpAddress | undefined };

const forms = "pod/NAMESPACE/NAME, node/NAME, external or external:IP";

/**
 * Reads `pod/shop/client`, `node/n1`, `external` or `external:198.51.100.7`. A Pod without a namespace is one of
 * `default`, as for kubectl.
 *
 * @throws ParseError for anything else.
 */
export function parseSource(text: string): Source {
  const [kind, ...parts] = text.split("/");
  if (kind === "pod" && parts.length === 2) return podSource(text, parts[0]!, parts[1]!);
  if (kind === "pod" && parts.length === 1) return podSource(text, "default", parts[0]!);
  if (kind === "node" && parts.length === 1 && parts[0] !== "") return { kind: "node", name: parts[0]! };
  if (text === "external") return { kind: "external", address: undefined };
  if (text.startsWith("external:")) return externalSource(text);
  throw malformed(text);
}

/** The text that `parseSource` reads back. */
export function formatSource(source: Source): string {
  switch (source.kind) {
    case "pod":
      return `pod/${source.namespace}/${source.name}`;
    case "node":
      return `node/${source.name}`;
    case "external":
      return source.address === undefined ? "external" : `external:${source.address}`;
    default:
      return source satisfies never;
  }
}

function podSource(text: string, namespace: string, name: string): Source {
  if (namespace === "" || name === "") throw malformed(text);
  return { kind: "pod", namespace, name };
}

function externalSource(text: string): Source {
  const given = text.slice("external:".length);
  const address = parseAddress(given);
  if (address === undefined) {
    throw new ParseError(`"${given}" is not an IP address`, {
      hint: "external:IP takes an address such as 198.51.100.7",
    });
  }
  return { kind: "external", address };
}

function malformed(text: string): ParseError {
  return new ParseError(`"${text}" is not where a packet can start from`, { hint: `expected ${forms}` });
}
