import { parseSloppyAddress, parseSloppyCidr } from "../snapshot/sloppy-address.ts";
import { splitHostPort } from "./host-port.ts";
import { invalid, type Refusal, refuse } from "./refusal.ts";

export function bindAddress(text: string): Refusal[] {
  if (parseSloppyAddress(text) !== undefined) return [];
  return [invalid("BindAddress", text, "not a valid textual representation of an IP address", ["bindAddress"])];
}

/** validateHostPort. */
export function hostPort(field: string, text: string, key: string): Refusal[] {
  const split = splitHostPort(text);
  if (split === undefined) return [invalid(field, text, "must be IP:port", [key])];
  const { host, port } = split;
  const refusals: Refusal[] = [];
  if (parseSloppyAddress(host) === undefined) refusals.push(invalid(field, host, "must be a valid IP", [key]));
  const number = /^[+-]?\d+$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65535) refusals.push(invalid(field, port, "must be a valid port", [key]));
  return refusals;
}

export function nodePortAddresses(texts: readonly string[]): Refusal[] {
  return texts.flatMap((text, i) => {
    const path = ["nodePortAddresses", i];
    const field = `NodePortAddresses[${i}]`;
    if (text === "primary" || text === "localhost" || text === "all") {
      if (texts.indexOf(text) === i) return [];
      const message = `Duplicate value: ${JSON.stringify(text)}`;
      return [refuse(field, "FieldValueDuplicate", message, path)];
    }
    if (parseSloppyCidr(text) !== undefined) return [];
    return [invalid(field, text, "must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'", path)];
  });
}
