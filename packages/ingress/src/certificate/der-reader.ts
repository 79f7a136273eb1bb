/** Tags of ASN.1 (ITU-T X.680), as their one byte in DER. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of what a structure numbers: `[0]`. */
export function contextTag(number: number, { isConstructed = false }: { isConstructed?: boolean } = {}): number {
  return (isConstructed ? 0xa0 : 0x80) | number;
}

/** One element: its tag, what it holds, and all its bytes. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

/**
 * Reads elements of DER (ITU-T X.690) one after the other, as strictly as Go's cryptobyte: shortest lengths and numbers, no tags
 * above 30. Each read answers undefined for what is not there.
 */
export class DerReader {
  #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#rest = bytes;
  }

  get isEmpty(): boolean {
    return this.#rest.length === 0;
  }

  /** Whether the next element has this tag. */
  peek(tag: number): boolean {
    return this.#rest[0] === tag;
  }

  any(): DerElement | undefined {
    const header = headerOf(this.#rest);
    if (header === undefined || header.end > this.#rest.length) return undefined;
    const raw = this.#rest.subarray(0, header.end);
    this.#rest = this.#rest.subarray(header.end);
    return { tag: raw[0]!, content: raw.subarray(header.start), raw };
  }

  element(tag: number): DerElement | undefined {
    const found = this.any();
    return found?.tag === tag ? found : undefined;
  }

  /** What an element holds, to be read on. */
  inside(tag: number): DerReader | undefined {
    const found = this.element(tag);
    return found === undefined ? undefined : new DerReader(found.content);
  }

  /** Steps into an element without minding where it ends; its length as it states it. */
  enter(): number | undefined {
    const header = headerOf(this.#rest);
    if (header === undefined) return undefined;
    this.#rest = this.#rest.subarray(header.start);
    return header.end - header.start;
  }

  /** Another one that stands where this one does. */
  fork(): DerReader {
    return new DerReader(this.#rest);
  }

  /** Whether nothing is left, or what is left begins as an element does, of whatever tag. */
  get isSound(): boolean {
    const bytes = this.#rest;
    if (bytes.length === 0) return true;
    if ((bytes[0]! & 0x1f) !== 0x1f) return headerOf(bytes) !== undefined;
    const end = bytes.findIndex((byte, i) => i > 0 && byte < 0x80);
    const isTag = end >= 1 && end <= 5 && bytes[1] !== 0x80 && (end > 1 || bytes[1]! >= 0x1f);
    return isTag && headerOf(bytes.with(end, 0).subarray(end)) !== undefined;
  }

  boolean(): boolean | undefined {
    const content = this.element(tags.boolean)?.content;
    if (content?.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) return undefined;
    return content[0] === 0xff;
  }

  integer(tag: number = tags.integer): bigint | undefined {
    const content = this.element(tag)?.content;
    return content === undefined ? undefined : integerOf(content);
  }

  /** Numbers between dots. */
  objectIdentifier(): string | undefined {
    const content = this.element(tags.objectIdentifier)?.content;
    return content === undefined ? undefined : objectIdentifierOf(content);
  }

  /** Its bytes; bits that fill the last one up are zero. */
  bitString(): { bytes: Uint8Array; unusedBits: number } | undefined {
    const content = this.element(tags.bitString)?.content;
    if (content === undefined || content.length === 0) return undefined;
    const unusedBits = content[0]!;
    const bytes = content.subarray(1);
    if (unusedBits > 7 || (bytes.length === 0 && unusedBits !== 0)) return undefined;
    if (bytes.length > 0 && (bytes.at(-1)! & ((1 << unusedBits) - 1)) !== 0) return undefined;
    return { bytes, unusedBits };
  }
}

/** Where the content of the first element starts and ends. */
function headerOf(bytes: Uint8Array): { start: number; end: number } | undefined {
  if (bytes.length < 2 || (bytes[0]! & 0x1f) === 0x1f) return undefined;
  const short = bytes[1]!;
  if (short < 0x80) return { start: 2, end: 2 + short };
  const count = short & 0x7f;
  if (count === 0 || count > 4 || bytes.length < 2 + count) return undefined;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + bytes[2 + i]!;
  const isShortest = length >= 128 && bytes[2] !== 0;
  return isShortest ? { start: 2 + count, end: 2 + count + length } : undefined;
}

function integerOf(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0) return undefined;
  const [first, second] = [bytes[0]!, bytes[1]];
  const isPadded =
    second !== undefined && ((first === 0 && (second & 0x80) === 0) || (first === 0xff && (second & 0x80) !== 0));
  return isPadded ? undefined : BigInt.asIntN(bytes.length * 8, unsignedOf(bytes));
}

/** A number without sign, its greatest byte first. */
export function unsignedOf(bytes: Uint8Array): bigint {
  let digits = "";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return digits === "" ? 0n : BigInt(`0x${digits}`);
}

function objectIdentifierOf(bytes: Uint8Array): string | undefined {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    let value = 0;
    if (bytes[at] === 0x80) return undefined;
    for (let i = 0; ; i++, at++) {
      if (i === 5 || at === bytes.length || value >= 1 << 24) return undefined;
      value = value * 128 + (bytes[at]! & 0x7f);
      if (bytes[at]! < 0x80) break;
    }
    at++;
    if (numbers.length > 0) numbers.push(value);
    else if (value < 80) numbers.push(Math.floor(value / 40), value % 40);
    else numbers.push(2, value - 80);
  }
  return numbers.length === 0 ? undefined : numbers.join(".");
}
