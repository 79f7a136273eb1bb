import { parseAddress } from "@kubenetsim/core/net/address";
import type { AlternativeNames, Certificate } from "./certificate.ts";

/** The names of a certificate, as far as they decide whom it is for. */
export type CertificateNames = Pick<Certificate, "commonName" | "alternativeNames">;

const noNames: AlternativeNames = { dnsNames: [], ipAddresses: [] };
/** From so many on Go counts names instead of listing them. */
const mostListed = 100;

/**
 * Why a certificate is not one for this host, in the words of Go's crypto/x509 `VerifyHostname`; undefined when it is. A `*` stands for
 * one first label.
 */
export function hostnameProblem(certificate: CertificateNames, host: string): string | undefined {
  const { dnsNames, ipAddresses } = certificate.alternativeNames ?? noNames;
  const address = addressOf(host);
  if (address !== undefined) {
    return ipAddresses.includes(address.canonical) ? undefined : problemText(certificate, address.text);
  }
  const name = lowerCase(host);
  const isName = isHostname(name, { isPattern: false });
  const covers = (pattern: string): boolean => {
    if (isName && isHostname(pattern, { isPattern: true })) return matchesLabels(lowerCase(pattern), labelsOf(name));
    return !["", "."].includes(pattern) && !["", "."].includes(name) && lowerCase(pattern) === name;
  };
  return dnsNames.some(covers) ? undefined : problemText(certificate, host);
}

/** The older check, which takes the common name where there are no other names (internal/ingress/controller/certificate.go). */
export function legacyHostnameProblem(certificate: CertificateNames, host: string): string | undefined {
  const { dnsNames, ipAddresses } = certificate.alternativeNames ?? noNames;
  const address = addressOf(host);
  if (address !== undefined) {
    return ipAddresses.includes(address.canonical) ? undefined : problemText(certificate, address.text);
  }
  const names = dnsNames.length > 0 ? dnsNames : [certificate.commonName];
  const isCovered = names.some((name) => {
    const [pattern, wanted] = [name, host].map((text) => lowerCase(text).replace(/\.$/, "")) as [string, string];
    return pattern !== "" && wanted !== "" && matchesLabels(pattern, wanted.split("."));
  });
  return isCovered ? undefined : problemText(certificate, host);
}

/** Whether one of its names, the common one too, is for this host (internal/net/ssl `IsValidHostname`). */
export function coversHost({ commonName, alternativeNames = noNames }: CertificateNames, host: string): boolean {
  const wildcard = ["*", ...host.split(".").slice(1)].join(".");
  const candidates = [host, wildcard].map((name) => name.toLowerCase());
  return [commonName, ...alternativeNames.dnsNames].some((name) => candidates.includes(name.toLowerCase()));
}

/** `HostnameError`. */
function problemText({ commonName, alternativeNames }: CertificateNames, host: string): string {
  if (alternativeNames === undefined && matchesLabels(lowerCase(commonName), labelsOf(host))) {
    return "x509: certificate relies on legacy Common Name field, use SANs instead";
  }
  const { dnsNames, ipAddresses } = alternativeNames ?? noNames;
  const isAddress = parseAddress(host) !== undefined;
  const [names, kind] = isAddress ? [ipAddresses, "IP SANs"] : [dnsNames, "names"];
  if (isAddress && names.length === 0) {
    return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  if (names.length >= mostListed)
    return `x509: certificate is valid for ${names.length} ${kind}, but none matched ${host}`;
  const list = names.join(", ");
  if (list === "") return `x509: certificate is not valid for any names, but wanted to match ${host}`;
  return `x509: certificate is valid for ${list}, not ${host}`;
}

/** An address, in brackets or not. */
function addressOf(host: string): { text: string; canonical: string } | undefined {
  const text = host.length >= 3 && host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const canonical = parseAddress(text);
  return canonical === undefined ? undefined : { text, canonical };
}

function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function labelsOf(host: string): string[] {
  return lowerCase(host.replace(/\.$/, "")).split(".");
}

function matchesLabels(pattern: string, labels: readonly string[]): boolean {
  const parts = pattern.split(".");
  if (pattern === "" || parts.length !== labels.length) return false;
  return parts.every((part, i) => (i === 0 && part === "*") || part === labels[i]);
}

/** `validHostname`. */
function isHostname(host: string, { isPattern }: { isPattern: boolean }): boolean {
  const name = isPattern ? host : host.replace(/\.$/, "");
  if (name === "*") return false;
  return name.split(".").every((label, i) => {
    return (isPattern && i === 0 && label === "*") || /^[a-zA-Z0-9_][a-zA-Z0-9_-]*$/.test(label);
  });
}
