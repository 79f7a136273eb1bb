/** A certificate with its key, as far as it decides who is shown it. */
export interface Certificate {
  /** namespace/name of its Secret; empty for the controller's own. */
  readonly secret: string;
  readonly commonName: string;
  /** Subject alternative names that are DNS names. */
  readonly dnsNames: readonly string[];
  /** Milliseconds since 1970. */
  readonly notAfterMs?: number;
  /** Tells two certificates of the same names apart. */
  readonly serial?: string;
}

/** The controller's own, shown where there is no other (internal/net/ssl `GetFakeSSLCert`). */
export const fakeCertificate: Certificate = {
  secret: "",
  commonName: "Kubernetes Ingress Controller Fake Certificate",
  dnsNames: ["ingress.local"],
};

/**
 * Why a certificate is not one for this host, in the words of Go's crypto/x509 `HostnameError`; undefined when it is. A `*`
 * stands for one first label.
 */
export function hostnameProblem({ commonName, dnsNames }: Certificate, host: string): string | undefined {
  if (dnsNames.some((pattern) => matchesHost(pattern.toLowerCase(), host.toLowerCase()))) return undefined;
  if (dnsNames.length > 0) return `x509: certificate is valid for ${dnsNames.join(", ")}, not ${host}`;
  if (isHostname(commonName) && isHostname(host)) {
    return "x509: certificate relies on legacy Common Name field, use SANs instead";
  }
  return `x509: certificate is not valid for any names, but wanted to match ${host}`;
}

/** The older check, which takes the common name where there are no other names (internal/ingress/controller/certificate.go). */
export function legacyHostnameProblem(certificate: Certificate, host: string): string | undefined {
  const { commonName, dnsNames } = certificate;
  const names = dnsNames.length > 0 ? dnsNames : [commonName];
  if (names.some((pattern) => matchesHost(pattern.toLowerCase(), host.toLowerCase()))) return undefined;
  return hostnameProblem(certificate, host);
}

function matchesHost(pattern: string, host: string): boolean {
  const patternLabels = pattern.replace(/\.$/, "").split(".");
  const hostLabels = host.replace(/\.$/, "").split(".");
  if (patternLabels.length !== hostLabels.length || patternLabels.includes("") || hostLabels.includes("")) return false;
  return patternLabels.every((label, i) => (i === 0 && label === "*") || label === hostLabels[i]);
}

function isHostname(text: string): boolean {
  return /^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/.test(text);
}

/** Whether one of its names, the common one too, is for this host (internal/net/ssl `IsValidHostname`). */
export function coversHost({ commonName, dnsNames }: Certificate, host: string): boolean {
  return [commonName, ...dnsNames].some((pattern) => matchesHost(pattern.toLowerCase(), host.toLowerCase()));
}
