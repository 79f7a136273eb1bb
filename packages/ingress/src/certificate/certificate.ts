/**
 * What a controller keeps of a Secret with a certificate. All of it is text and numbers, so that two can be compared by what they
 * print.
 */
export interface Certificate {
  /** namespace/name of its Secret; empty for the controller's own. */
  readonly secret: string;
  /** The last one of its subject; empty for none. */
  readonly commonName: string;
  /** As curl shows them: `O=Acme Co; CN=shop.test`. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names; undefined where the certificate has no such extension. */
  readonly alternativeNames: AlternativeNames | undefined;
  /** Virtual times. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Tells two certificates of the same names apart: hexadecimal. */
  readonly serial: string;
  /** PEM, one character for each byte: the certificate and those that are sent behind it; empty for one that nobody signed. */
  readonly pem: string;
  /** PEM of those that clients' certificates may be signed by (`ca.crt`); empty for none. */
  readonly authorities: string;
  /** Without a certificate of its own: the Secret has `ca.crt` alone. */
  readonly isAuthorityOnly: boolean;
}

export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  /** In Go's form, IPv6 without brackets. */
  readonly ipAddresses: readonly string[];
}

const yearMs = 365 * 24 * 60 * 60 * 1000;

/** The controller's own, made when it starts and shown where there is no other (internal/net/ssl `GetFakeSSLCert`). */
export function fakeCertificate(startMs: number): Certificate {
  const commonName = "Kubernetes Ingress Controller Fake Certificate";
  return {
    ...unsignedCertificate(commonName, ["ingress.local"], startMs),
    subject: `O=Acme Co; CN=${commonName}`,
    issuer: `O=Acme Co; CN=${commonName}`,
  };
}

/** One that a server makes for itself, for a year: no client trusts it. */
export function unsignedCertificate(commonName: string, dnsNames: readonly string[], startMs: number): Certificate {
  const notBeforeMs = Math.floor(startMs / 1000) * 1000;
  return {
    secret: "",
    commonName,
    subject: `CN=${commonName}`,
    issuer: `CN=${commonName}`,
    alternativeNames: { dnsNames, ipAddresses: [] },
    notBeforeMs,
    notAfterMs: notBeforeMs + yearMs,
    serial: "",
    pem: "",
    authorities: "",
    isAuthorityOnly: false,
  };
}
