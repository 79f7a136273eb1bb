import { base64OfBytes } from "@kubenetsim/core/runtime/base64";
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** What a certificate of a test says. */
export interface CertificateParts {
  /** The common name of its subject; empty for none. */
  readonly commonName: string;
  /** Subject alternative names; no extension where there are none of both kinds. */
  readonly dnsNames?: readonly string[];
  /** IPv4. */
  readonly ipAddresses?: readonly string[];
  /** `260101000000Z`. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly isAuthority?: boolean;
  /** Who signs it; itself unless given. */
  readonly issuer?: MadeCertificate;
}

/** A certificate and its key of P-256, as PEM. */
export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly commonName: string;
  readonly secret: Uint8Array;
}

type Bytes = readonly number[];

/** Makes a certificate: the same parts give the same one. */
export function madeCertificate(parts: CertificateParts): MadeCertificate {
  const { commonName, issuer, notBefore = "250101000000Z", notAfter = "450101000000Z" } = parts;
  const secret = sha256(ascii(`key of ${JSON.stringify({ ...parts, issuer: issuer?.commonName })}`));
  const algorithm = element(0x30, element(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const curve = element(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
  const keyAlgorithm = element(0x30, element(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]), curve);
  const publicKey = bitString([...p256.getPublicKey(secret, false)]);
  const signed = element(
    0x30,
    element(0xa0, element(0x02, [2])),
    element(0x02, [1, ...sha256(secret).slice(0, 7)]),
    algorithm,
    name(issuer?.commonName ?? commonName),
    element(0x30, time(notBefore), time(notAfter)),
    name(commonName),
    element(0x30, keyAlgorithm, publicKey),
    extensions(parts),
  );
  const signature = p256.sign(Uint8Array.from(signed), issuer?.secret ?? secret, { format: "der", lowS: false });
  const certificate = element(0x30, signed, algorithm, bitString([...signature]));
  const key = element(0x30, element(0x02, [1]), element(0x04, [...secret]), element(0xa0, curve));
  return { certificate: pem("CERTIFICATE", certificate), key: pem("EC PRIVATE KEY", key), commonName, secret };
}

function extensions({ dnsNames = [], ipAddresses = [], isAuthority = false }: CertificateParts): Bytes {
  const names = [
    ...dnsNames.map((each) => element(0x82, ascii(each))),
    ...ipAddresses.map((each) => element(0x87, each.split(".").map(Number))),
  ];
  const list = [
    ...(names.length > 0 ? [extension(17, element(0x30, ...names))] : []),
    ...(isAuthority ? [extension(19, element(0x30, element(0x01, [0xff])))] : []),
  ];
  return list.length === 0 ? [] : element(0xa3, element(0x30, ...list));
}

/** One of those that RFC 5280 numbers below 2.5.29. */
function extension(number: number, value: Bytes): Bytes {
  return element(0x30, element(0x06, [0x55, 0x1d, number]), element(0x04, value));
}

function name(commonName: string): Bytes {
  if (commonName === "") return element(0x30);
  const attribute = element(0x30, element(0x06, [0x55, 0x04, 3]), element(0x0c, ascii(commonName)));
  return element(0x30, element(0x31, attribute));
}

/** UTCTime, or GeneralizedTime for years of four digits. */
function time(text: string): Bytes {
  return element(text.length === 13 ? 0x17 : 0x18, ascii(text));
}

function bitString(bytes: Bytes): Bytes {
  return element(0x03, [0, ...bytes]);
}

function element(tag: number, ...contents: readonly (Bytes | Uint8Array)[]): Bytes {
  const content = contents.flatMap((part) => [...part]);
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  return length < 0x100 ? [tag, 0x81, length, ...content] : [tag, 0x82, length >> 8, length & 0xff, ...content];
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function pem(type: string, bytes: Bytes): string {
  const lines = base64OfBytes(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.join("\n")}\n-----END ${type}-----\n`;
}
