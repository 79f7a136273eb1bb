import { parseAddress } from "@kubenetsim/core/net/address";
import type { Certificate } from "./certificate.ts";
import { chainProblem } from "./certificate-chain.ts";
import { commonNameOf } from "./distinguished-name.ts";
import { pemBlocks } from "./pem.ts";
import { parseCertificate, type X509Certificate } from "./x509-certificate.ts";

/** What a client looks at when it is shown a certificate. */
export interface ShownCertificate {
  readonly certificate: Certificate;
  /** Whom the client asked for: the host of its URL, an IPv6 address without brackets. */
  readonly name: string;
  /** Certificates that the client trusts: `--cacert`, or those of its system. */
  readonly trustedRoots: readonly X509Certificate[];
  readonly nowMs: number;
}

/** Why a client goes no further, as curl says it. */
export interface CertificateRefusal {
  /** CURLE_PEER_FAILED_VERIFICATION. */
  readonly code: 60;
  /** `SSL certificate problem: self-signed certificate`. */
  readonly message: string;
}

/**
 * Why curl without `-k` refuses a certificate (curl 7.88.1 with OpenSSL 3.0: first the chain, then the name); undefined where it goes
 * on.
 *
 * @throws UnsupportedError for signatures and constraints of names that are not modelled
 * @example
 * certificateRefusal({ certificate: fakeCertificate, name: "shop.test", trustedRoots: [], nowMs })?.message;
 * // "SSL certificate problem: self-signed certificate"
 */
export function certificateRefusal({
  certificate,
  name,
  trustedRoots,
  nowMs,
}: ShownCertificate): CertificateRefusal | undefined {
  const [leaf, ...untrusted] = certificatesOf(certificate.pem);
  const problem =
    leaf === undefined ? "self-signed certificate" : chainProblem({ leaf, untrusted, trustedRoots, nowMs });
  if (problem !== undefined) return { code: 60, message: `SSL certificate problem: ${problem}` };
  const mismatch = nameProblem(leaf!, name);
  return mismatch === undefined ? undefined : { code: 60, message: mismatch };
}

/** All certificates of a PEM text, such as a file for `--cacert`; other blocks are passed over. @throws ParseError */
export function certificatesOf(pem: string): X509Certificate[] {
  return pemBlocks(pem)
    .filter(({ type }) => type === "CERTIFICATE")
    .map(({ bytes }) => parseCertificate(bytes));
}

/** What curl writes to its standard error for a refusal. */
export function refusalText({ code, message }: CertificateRefusal): string {
  return `curl: (${code}) ${message}
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`;
}

/** lib/vtls/openssl.c `ossl_verifyhost`. */
function nameProblem(leaf: X509Certificate, name: string): string | undefined {
  const address = parseAddress(name);
  const { dnsNames = [], ipAddresses = [] } = leaf.extensions.subjectAlternativeNames ?? {};
  const isCovered =
    address === undefined ? dnsNames.some((pattern) => matchesPattern(pattern, name)) : ipAddresses.includes(address);
  if (isCovered) return undefined;
  if (dnsNames.length + ipAddresses.length > 0) {
    return `SSL: no alternative certificate subject name matches target host name '${name}'`;
  }
  const hasCommonName = leaf.subject.attributes.some(({ type }) => type === "2.5.4.3");
  if (!hasCommonName) return "SSL: unable to obtain common name from peer certificate";
  const commonName = commonNameOf(leaf.subject);
  if (matchesPattern(commonName, name)) return undefined;
  return `SSL: certificate subject name '${commonName}' does not match target host name '${name}'`;
}

/** lib/vtls/hostcheck.c: `*.` stands for one label, and only above a name of two. */
function matchesPattern(pattern: string, name: string): boolean {
  const [wanted, host] = [pattern, name].map((text) => text.toLowerCase().replace(/\.$/, "")) as [string, string];
  if (!wanted.startsWith("*.")) return wanted === host;
  const isWide = wanted.indexOf(".", 2) < 0;
  if (isWide || parseAddress(name) !== undefined) return wanted === host;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === wanted.slice(1);
}
