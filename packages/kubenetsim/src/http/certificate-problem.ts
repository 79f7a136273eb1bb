import type { Certificate } from "@kubenetsim/ingress/certificate/certificate";
import { certificateRefusal, certificatesOf } from "@kubenetsim/ingress/certificate/verify-certificate";

/** What a client of OpenSSL knows when it is shown a certificate. */
export interface CertificateClient {
  /** The host of its URL. */
  readonly host: string;
  /** PEM of certificates that it trusts, and namespace/name of Secrets whose own certificates it trusts. */
  readonly trusted?: readonly string[] | undefined;
  readonly nowMs: number;
}

/** Why a client of OpenSSL does not trust a certificate, in curl's words; undefined when it does. @throws ParseError for bad PEM */
export function certificateProblem(
  certificate: Certificate,
  { host, trusted = [], nowMs }: CertificateClient,
): string | undefined {
  const pems = trusted.map((entry) => (entry === certificate.secret ? certificate.pem : entry));
  const trustedRoots = pems.filter((pem) => pem.includes("-----BEGIN")).flatMap(certificatesOf);
  return certificateRefusal({ certificate, name: host, trustedRoots, nowMs })?.message;
}
