/** An address as schedulers get it: one signed 32-bit word for IPv4, four for IPv6, most significant first. */
export type Words = readonly number[];

/** The words of an address, or undefined: `10.244.0.2`, `fd00::2`, `::ffff:10.0.0.1`. */
export function parseAddress(text: string): Words | undefined {
  if (!text.includes(":")) {
    const word = parseDotted(text);
    return word === undefined ? undefined : [word];
  }
  return parseIpv6(text);
}

/** As RFC 5952 writes it: no leading zeros, the longest run of zero groups as `::`. */
export function formatAddress(words: Words): string {
  if (words.length === 1) return [24, 16, 8, 0].map((shift) => (words[0]! >>> shift) & 255).join(".");
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const zeros = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (zeros.length < 2) return hex(groups);
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`;
}

/** `10.244.0.2:8080` or `[fd00::2]:8080`; undefined for anything else. */
export function parseEndpoint(text: string): { readonly address: Words; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const address = parseAddress((match[1] ?? match[2])!);
  const port = Number(match[3]);
  if (address === undefined || port > 65535 || (match[1] !== undefined) !== (address.length === 4)) return undefined;
  return { address, port };
}

export function formatEndpoint(address: Words, port: number): string {
  return address.length === 1 ? `${formatAddress(address)}:${port}` : `[${formatAddress(address)}]:${port}`;
}

function parseDotted(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((word, part) => (word << 8) | Number(part), 0);
}

function parseIpv6(text: string): Words | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = [parseGroups(halves[0]!), parseGroups(halves[1] ?? "")];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return [0, 2, 4, 6].map((at) => (groups[at]! << 16) | groups[at + 1]!);
}

/** 16-bit groups; the last may be an IPv4 address, which is two. */
function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [at, part] of parts.entries()) {
    const dotted = at === parts.length - 1 && part.includes(".") ? parseDotted(part) : undefined;
    if (dotted !== undefined) groups.push(dotted >>> 16, dotted & 0xffff);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
