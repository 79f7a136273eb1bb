import { ParseError } from "@kubenetsim/core/runtime/errors";
import { pemBlocks } from "./pem.ts";
import { publicHalfOf } from "./private-key.ts";
import { type PublicKey, samePublicKey } from "./public-key.ts";
import { parseCertificate, type X509Certificate } from "./x509-certificate.ts";

/** A certificate whose key is at hand. */
export interface KeyPair {
  readonly leaf: X509Certificate;
  /** DER of the certificates behind it, which nobody has read yet. */
  readonly rest: readonly Uint8Array[];
}

/**
 * Reads a certificate and the key that belongs to it from PEM. What is no certificate, and what is no key, is passed over.
 *
 * @param certificates one character for each byte, as `key`
 * @throws ParseError in the words of Go's crypto/tls `X509KeyPair` (go1.26)
 */
export function parseKeyPair(certificates: string, key: string): KeyPair {
  const [first, ...rest] = certificateBlocks(certificates);
  const keyBytes = keyBlock(key);
  const leaf = parseCertificate(first!);
  const half = publicHalfOf(keyBytes);
  if (half === undefined) throw new ParseError("tls: failed to parse private key");
  if (half === "unusable") throw new ParseError("tls: found unknown private key type in PKCS#8 wrapping");
  requireMatch(leaf.publicKey, half);
  return { leaf, rest };
}

function certificateBlocks(text: string): Uint8Array[] {
  const blocks = pemBlocks(text);
  const certificates = blocks.filter(({ type }) => type === "CERTIFICATE");
  if (certificates.length > 0) return certificates.map(({ bytes }) => bytes);
  const types = blocks.map(({ type }) => type);
  if (types.length === 0) throw new ParseError("tls: failed to find any PEM data in certificate input");
  if (types.length === 1 && types[0]!.endsWith("PRIVATE KEY")) {
    throw new ParseError(
      "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
    );
  }
  throw new ParseError(`tls: failed to find "CERTIFICATE" PEM block in certificate input ${afterSkipping(types)}`);
}

function keyBlock(text: string): Uint8Array {
  const types: string[] = [];
  for (const { type, bytes } of pemBlocks(text)) {
    if (type === "PRIVATE KEY" || type.endsWith(" PRIVATE KEY")) return bytes;
    types.push(type);
  }
  if (types.length === 0) throw new ParseError("tls: failed to find any PEM data in key input");
  if (types.length === 1 && types[0] === "CERTIFICATE") {
    throw new ParseError("tls: found a certificate rather than a key in the PEM for the private key");
  }
  throw new ParseError(
    `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input ${afterSkipping(types)}`,
  );
}

function afterSkipping(types: readonly string[]): string {
  return `after skipping PEM blocks of the following types: [${types.join(" ")}]`;
}

function requireMatch(publicKey: PublicKey | undefined, half: PublicKey): void {
  if (publicKey === undefined || publicKey.kind === "DSA") throw new ParseError("tls: unknown public key algorithm");
  if (publicKey.kind !== half.kind) throw new ParseError("tls: private key type does not match public key type");
  if (!samePublicKey(publicKey, half)) throw new ParseError("tls: private key does not match public key");
}
