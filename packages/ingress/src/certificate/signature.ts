import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { unsignedOf } from "./der-reader.ts";
import type { PublicKey } from "./public-key.ts";
import type { X509Certificate } from "./x509-certificate.ts";

interface SignatureKind {
  readonly key: "RSA" | "ECDSA";
  readonly hash: (bytes: Uint8Array) => Uint8Array;
  /** DER before the hash in a signature of PKCS #1 (RFC 8017, 9.2). */
  readonly prefix?: string;
}

const kinds: Readonly<Record<string, SignatureKind>> = {
  "1.2.840.113549.1.1.5": { key: "RSA", hash: sha1, prefix: "3021300906052b0e03021a05000414" },
  "1.2.840.113549.1.1.14": { key: "RSA", hash: sha224, prefix: "302d300d06096086480165030402040500041c" },
  "1.2.840.113549.1.1.11": { key: "RSA", hash: sha256, prefix: "3031300d060960864801650304020105000420" },
  "1.2.840.113549.1.1.12": { key: "RSA", hash: sha384, prefix: "3041300d060960864801650304020205000430" },
  "1.2.840.113549.1.1.13": { key: "RSA", hash: sha512, prefix: "3051300d060960864801650304020305000440" },
  "1.2.840.10045.4.1": { key: "ECDSA", hash: sha1 },
  "1.2.840.10045.4.3.1": { key: "ECDSA", hash: sha224 },
  "1.2.840.10045.4.3.2": { key: "ECDSA", hash: sha256 },
  "1.2.840.10045.4.3.3": { key: "ECDSA", hash: sha384 },
  "1.2.840.10045.4.3.4": { key: "ECDSA", hash: sha512 },
};

const ed25519Signature = "1.3.101.112";

/** Whether a certificate was signed with this key. @throws UnsupportedError for algorithms that are not modelled */
export function isSignedBy(certificate: X509Certificate, key: PublicKey): boolean {
  const { signatureAlgorithm, signature, signed } = certificate;
  const { algorithm } = signatureAlgorithm;
  if (algorithm === ed25519Signature) {
    return key.kind === "Ed25519" && signature.length === 64 && ed25519.verify(signature, signed, key.bytes);
  }
  if (!Object.hasOwn(kinds, algorithm))
    throw new UnsupportedError(`the signature algorithm ${algorithm}`, "a certificate");
  const { key: kind, hash, prefix } = kinds[algorithm]!;
  if (key.kind !== kind) return false;
  return key.kind === "RSA"
    ? isRsaSignature(key, signature, prefix! + hex(hash(signed)))
    : isEcdsa(key, signature, hash(signed));
}

/** Whether it was made with a hash that has been broken. */
export function hasWeakHash({ signatureAlgorithm: { algorithm } }: X509Certificate): boolean {
  return Object.hasOwn(kinds, algorithm) && kinds[algorithm]!.hash === sha1;
}

function isEcdsa(key: PublicKey & { kind: "ECDSA" }, signature: Uint8Array, hash: Uint8Array): boolean {
  try {
    return key.curve.ecdsa.verify(signature, hash, key.point, { prehash: false, format: "der", lowS: false });
  } catch {
    return false;
  }
}

/** EMSA-PKCS1-v1_5: ones until the hash fills the modulus. */
function isRsaSignature(
  { modulus, exponent }: PublicKey & { kind: "RSA" },
  signature: Uint8Array,
  info: string,
): boolean {
  const digits = 2 * Math.ceil(modulus.toString(16).length / 2);
  if (signature.length * 2 !== digits) return false;
  const expected = `0001${"ff".repeat((digits - info.length) / 2 - 3)}00${info}`;
  return power(unsignedOf(signature), exponent, modulus).toString(16).padStart(digits, "0") === expected;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square, rest] = [1n, base % modulus, exponent];
  while (rest > 0n) {
    if (rest % 2n === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
    rest /= 2n;
  }
  return result;
}

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
