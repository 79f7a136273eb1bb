import { parseSloppyAddress } from "../snapshot/sloppy-address.ts";

/** net.SplitHostPort: `1.2.3.4:80` or `[::1]:80`; undefined for what is not of that form. */
export function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  return match === null ? undefined : { host: match[1] ?? match[2]!, port: match[3]! };
}

/** AppendPortIfNeeded of pkg/proxy/util: an address without a port gets this one. */
export function withPort(text: string, port: number): string {
  if (splitHostPort(text) !== undefined || parseSloppyAddress(text) === undefined) return text;
  return text.includes(":") ? `[${text}]:${port}` : `${text}:${port}`;
}
