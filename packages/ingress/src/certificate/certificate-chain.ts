import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { sameBytes } from "./public-key.ts";
import { hasWeakHash, isSignedBy } from "./signature.ts";
import type { X509Certificate } from "./x509-certificate.ts";

/** A certificate, those that came with it, and those that are trusted. */
export interface ChainQuestion {
  readonly leaf: X509Certificate;
  readonly untrusted: readonly X509Certificate[];
  readonly trustedRoots: readonly X509Certificate[];
  readonly nowMs: number;
  /** So many may stand between the first and the last; 100 unless given. */
  readonly depth?: number;
  /** What it is to be used for; a server's unless given. */
  readonly purpose?: "server" | "client";
}

/** Bits of keyUsage (RFC 5280, 4.2.1.3). */
const keyCertSign = 5;
const purposes = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;
const anyPurpose = "2.5.29.37.0";

/**
 * Why a chain of certificates is not trusted, in the words of OpenSSL's `X509_verify_cert_error_string` (3.0, crypto/x509/x509_vfy.c, with the
 * flags that curl sets: a trusted certificate need be no root); undefined for one that is.
 */
export function chainProblem(question: ChainQuestion): string | undefined {
  const { chain, isTrusted } = buildChain(question);
  if (chain.length - 2 > (question.depth ?? 100)) return "certificate chain too long";
  if (!isTrusted) {
    if (!isSelfIssued(chain.at(-1)!)) return "unable to get local issuer certificate";
    return chain.length === 1 ? "self-signed certificate" : "self-signed certificate in certificate chain";
  }
  return (
    extensionProblem(chain, question.purpose ?? "server") ??
    strengthProblem(chain) ??
    signatureProblem(chain, question.nowMs)
  );
}

/** `build_chain`: at each step the trusted ones are asked first. */
function buildChain({ leaf, untrusted, trustedRoots }: ChainQuestion): {
  chain: X509Certificate[];
  isTrusted: boolean;
} {
  const chain = [leaf];
  const unused = [...untrusted];
  for (;;) {
    const last = chain.at(-1)!;
    if (trustedRoots.some((root) => sameBytes(root.raw, last.raw))) return { chain, isTrusted: true };
    if (isSelfIssued(last)) return { chain, isTrusted: false };
    const root = trustedRoots.find((issuer) => isIssuedBy(last, issuer));
    if (root !== undefined) {
      chain.push(root);
      return { chain, isTrusted: true };
    }
    const next = unused.findIndex((issuer) => isIssuedBy(last, issuer));
    if (next < 0) return { chain, isTrusted: false };
    chain.push(...unused.splice(next, 1));
  }
}

function isSelfIssued(certificate: X509Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

/** `X509_check_issued` as far as names, key ids and the issuer's right to sign go. */
function isIssuedBy({ issuer, extensions }: X509Certificate, by: X509Certificate): boolean {
  if (!sameBytes(issuer.raw, by.subject.raw)) return false;
  const { authorityKeyId } = extensions;
  const { subjectKeyId } = by.extensions;
  return authorityKeyId === undefined || subjectKeyId === undefined || sameBytes(authorityKeyId, subjectKeyId);
}

/** `check_extensions`: whether each may do what it does here. */
function extensionProblem(chain: readonly X509Certificate[], purpose: "server" | "client"): string | undefined {
  for (const [i, certificate] of chain.entries()) {
    const { extendedKeyUsage, hasNameConstraints } = certificate.extensions;
    if (hasNameConstraints === true) throw new UnsupportedError("a constraint of names", "a certificate");
    if (i > 0 && !mayIssue(certificate)) return "invalid CA certificate";
    const allows =
      extendedKeyUsage === undefined ||
      extendedKeyUsage.some((usage) => usage === purposes[purpose] || usage === anyPurpose);
    if (!allows) return "unsuitable certificate purpose";
    const limit = certificate.extensions.basicConstraints?.pathLength;
    const between = chain.slice(1, i).filter((each) => !isSelfIssued(each)).length;
    if (i > 0 && limit !== undefined && BigInt(between) > limit) return "path length constraint exceeded";
  }
  return undefined;
}

/** One of the first version of X.509 may issue where it signed itself. */
function mayIssue(certificate: X509Certificate): boolean {
  const { basicConstraints, keyUsage } = certificate.extensions;
  if (keyUsage !== undefined && !keyUsage.includes(keyCertSign)) return false;
  if (basicConstraints !== undefined) return basicConstraints.isAuthority;
  return (certificate.version === 1 && isSelfIssued(certificate)) || keyUsage !== undefined;
}

/** `check_auth_level`, at the level 2 that Debian and OpenSSL from 3.2 on set: 112 bits of security. */
function strengthProblem(chain: readonly X509Certificate[]): string | undefined {
  for (const [i, certificate] of chain.entries()) {
    const key = certificate.publicKey;
    const isWeakKey = key?.kind === "RSA" && key.modulus.toString(2).length < 2048;
    if (isWeakKey) return i === 0 ? "EE certificate key too weak" : "CA certificate key too weak";
    if (i < chain.length - 1 && hasWeakHash(certificate)) return "CA signature digest algorithm too weak";
  }
  return undefined;
}

/** `internal_verify`: from the root down each signature, then whether it is its time. */
function signatureProblem(chain: readonly X509Certificate[], nowMs: number): string | undefined {
  for (let i = chain.length - 1; i >= 0; i--) {
    const certificate = chain[i]!;
    const issuer = chain[i + 1];
    if (issuer !== undefined && (issuer.publicKey === undefined || !isSignedBy(certificate, issuer.publicKey))) {
      return "certificate signature failure";
    }
    if (nowMs < certificate.notBeforeMs) return "certificate is not yet valid";
    if (nowMs > certificate.notAfterMs) return "certificate has expired";
  }
  return undefined;
}
