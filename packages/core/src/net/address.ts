/**
 * IP addresses as Go's `net/netip` reads and prints them, since Kubernetes does.
 *
 * Text (`IpAddress`) is what the model holds: equality is `===`, and it is always the canonical form. `words` is what
 * indexes hold: one signed 32-bit integer for IPv4, four for IPv6, most significant first. (Signed, because V8 keeps an
 * unsigned value of 2^31 and more as a heap number, which makes a Map look-up several times slower.)
 */
declare const ipBrand: unique symbol;
export type IpAddress = string & { readonly [ipBrand]: "IpAddress" };
export type IpFamily = "IPv4" | "IPv6";
export type AddressWords = readonly number[];

const dot = ".".charCodeAt(0);
const zero = "0".charCodeAt(0);

/** The family of a canonical address. */
export function familyOf(address: IpAddress): IpFamily {
  return address.includes(":") ? "IPv6" : "IPv4";
}

/**
 * The canonical address, or undefined where netip.ParseAddr would refuse the text: leading zeros, wrong counts, more
 * than one `::`. Zones (`fe80::1%eth0`) are refused, as the API server does.
 */
export function parseAddress(text: string): IpAddress | undefined {
  // An IPv4 address has one text; it is not made again, so that all who hold it hold one.
  if (!text.includes(":")) return parseV4(text) && (text as IpAddress);
  const words = parseAddressWords(text);
  return words === undefined ? undefined : formatAddress(words);
}

/** True for text that is already the canonical form. */
export function isAddress(text: string): text is IpAddress {
  return parseAddress(text) === text;
}

/** The words of any valid text, canonical or not; undefined when it is no address. */
export function parseAddressWords(text: string): AddressWords | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

/** The words of a canonical address. */
export function addressWords(address: IpAddress): AddressWords {
  return parseAddressWords(address)!;
}

/** A canonical IPv4 address as one signed 32-bit integer. */
export function v4Word(address: IpAddress): number {
  return parseV4(address)![0]!;
}

export function formatAddress(words: AddressWords): IpAddress {
  return (words.length === 1 ? formatV4(words[0]!) : formatV6(words)) as IpAddress;
}

/** The address `count` places after this one, wrapping at the end of its family. */
export function addToAddress(words: AddressWords, count: number): AddressWords {
  const sum = [...words];
  let carry = count;
  for (let i = sum.length - 1; i >= 0 && carry !== 0; i--) {
    const total = (sum[i]! >>> 0) + carry;
    carry = Math.floor(total / 2 ** 32);
    sum[i] = (total - carry * 2 ** 32) | 0;
  }
  return sum;
}

/** -1, 0 or 1 in numeric order; IPv4 before IPv6, as netip.Addr.Compare has it. */
export function compareAddresses(a: AddressWords, b: AddressWords): number {
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i]! >>> 0 < b[i]! >>> 0 ? -1 : 1;
  }
  return 0;
}

/** Digit by digit: a cluster has very many addresses, and splitting texts would cost several times as much. */
function parseV4(text: string): AddressWords | undefined {
  let word = 0;
  let dots = 0;
  let part = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot && part >= 0 && dots < 3) {
      word = (word << 8) | part;
      part = -1;
      dots++;
    } else if (code >= zero && code <= zero + 9 && part !== 0) {
      part = Math.max(0, part) * 10 + code - zero;
      if (part > 255) return undefined;
    } else {
      return undefined;
    }
  }
  return dots === 3 && part >= 0 ? [(word << 8) | part] : undefined;
}

function parseV6(text: string): AddressWords | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return [0, 2, 4, 6].map((i) => (groups[i]! << 16) | groups[i + 1]!);
}

/** Colon-separated hex groups; the last may be a dotted IPv4 address when this is the end of the text. */
function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (atEnd && i === parts.length - 1 && part.includes(".")) {
      const word = parseV4(part)?.[0];
      if (word === undefined) return undefined;
      groups.push(word >>> 16, word & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function formatV4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** RFC 5952, with IPv4-mapped addresses dotted. */
function formatV6(words: AddressWords): string {
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return `::ffff:${formatV4(words[3]!)}`;
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const zeros = longestZeroRun(groups);
  const print = (part: number[]): string => part.map((group) => group.toString(16)).join(":");
  if (zeros.length < 2) return print(groups);
  return `${print(groups.slice(0, zeros.start))}::${print(groups.slice(zeros.start + zeros.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}
