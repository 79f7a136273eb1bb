import { ParseError } from "@kubenetsim/core/runtime/errors";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { DerReader, tags } from "./der-reader.ts";

/** A name of X.501: who a certificate is for, or who signed it. */
export interface DistinguishedName {
  /** In the order of the certificate; types are numbers between dots. */
  readonly attributes: readonly { readonly type: string; readonly value: string }[];
  /** Its DER: two names are the same when these are. */
  readonly raw: Uint8Array;
}

const shortNames: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "street",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.17": "postalCode",
};

/** The last common name; empty for none. */
export function commonNameOf({ attributes }: DistinguishedName): string {
  return attributes.findLast(({ type }) => type === "2.5.4.3")?.value ?? "";
}

/** As `curl -v` shows it: `O=Acme Co; CN=shop.test`. */
export function nameText({ attributes }: DistinguishedName): string {
  return attributes.map(({ type, value }) => `${shortNames[type] ?? type}=${value}`).join("; ");
}

/** As OpenSSL prints it by RFC 2253: the last attribute first, `CN=client,O=Acme`. */
export function rfc2253Text({ attributes }: DistinguishedName): string {
  const escaped = (value: string): string => value.replace(/[,+"\\<>;]|^[ #]| $/g, "\\$&");
  return attributes
    .map(({ type, value }) => `${shortNames[type] ?? type}=${escaped(value)}`)
    .reverse()
    .join(",");
}

/** A name of the attributes given, for a certificate that is not read but made. */
export function madeName(attributes: DistinguishedName["attributes"]): DistinguishedName {
  return { attributes, raw: utf8ToBytes(JSON.stringify(attributes)) };
}

/** Reads a name (crypto/x509 `parseName`). @throws ParseError in the words of Go */
export function parseName(raw: Uint8Array): DistinguishedName {
  const invalid = (more = ""): ParseError => new ParseError(`x509: invalid RDNSequence${more}`);
  const sets = new DerReader(raw).inside(tags.sequence);
  if (sets === undefined) throw invalid();
  const attributes: { type: string; value: string }[] = [];
  while (!sets.isEmpty) {
    const set = sets.inside(tags.set);
    if (set === undefined) throw invalid();
    while (!set.isEmpty) {
      const attribute = set.inside(tags.sequence);
      if (attribute === undefined) throw invalid(": invalid attribute");
      const type = attribute.objectIdentifier();
      if (type === undefined) throw invalid(": invalid attribute type");
      const value = attribute.any();
      if (value === undefined) throw invalid(": invalid attribute value");
      const text = asn1Text(value.tag, value.content);
      if (typeof text !== "string") throw invalid(`: invalid attribute value: ${text.problem}`);
      attributes.push({ type, value: text });
    }
  }
  return { attributes, raw };
}

const printable = /^[a-zA-Z0-9'()+,\-./ :=?*&]*$/;

/** crypto/x509 `parseASN1String`. */
function asn1Text(tag: number, bytes: Uint8Array): string | { problem: string } {
  const text = byteText(bytes);
  switch (tag) {
    case tags.t61String:
      return text;
    case tags.printableString:
      return printable.test(text) ? text : { problem: "invalid PrintableString" };
    case tags.utf8String:
      return utf8Text(bytes) ?? { problem: "invalid UTF-8 string" };
    case tags.bmpString:
      return bmpText(bytes) ?? { problem: "invalid BMPString" };
    case tags.ia5String:
      return isAscii(bytes) ? text : { problem: "invalid IA5String" };
    case tags.numericString:
      return /^[0-9 ]*$/.test(text) ? text : { problem: "invalid NumericString" };
    default:
      return { problem: `unsupported string type: ${tag}` };
  }
}

export function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

/** One character for each byte. */
export function byteText(bytes: Iterable<number>): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent([...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return undefined;
  }
}

/** Sixteen bits a character, without those that Unicode keeps for itself; one NUL at the end is dropped. */
function bmpText(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const point = bytes[i]! * 256 + bytes[i + 1]!;
    if (point === 0 && i === bytes.length - 2) break;
    const isReserved = point >= 0xfffe || (point >= 0xfdd0 && point <= 0xfdef) || (point >= 0xd800 && point <= 0xdfff);
    if (isReserved) return undefined;
    text += String.fromCharCode(point);
  }
  return text;
}
