import { type Certificate, hostnameProblem } from "@kubenetsim/ingress/certificate/certificate";

/** Why a client of OpenSSL does not trust a certificate, in curl's words; undefined when it does. */
export function certificateProblem(
  certificate: Certificate,
  { host, trusted = [] }: { readonly host: string; readonly trusted?: readonly string[] | undefined },
): string | undefined {
  if (!trusted.includes(certificate.secret)) return "SSL certificate problem: self-signed certificate";
  if (hostnameProblem(certificate, host) === undefined) return undefined;
  return `SSL: no alternative certificate subject name matches target host name '${host}'`;
}
