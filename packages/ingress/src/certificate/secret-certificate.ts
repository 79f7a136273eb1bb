import type { Secret } from "@kubenetsim/core/model/secret";
import { bytesOfBase64 } from "@kubenetsim/core/runtime/base64";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { goQuoted } from "@kubenetsim/core/runtime/go-quoted";
import type { Certificate } from "./certificate.ts";
import { byteText, commonNameOf, nameText } from "./distinguished-name.ts";
import { parseKeyPair } from "./key-pair.ts";
import { pemBlocks } from "./pem.ts";
import { parseCertificate, type X509Certificate } from "./x509-certificate.ts";

/**
 * The certificate in a Secret: `tls.crt` with `tls.key`, with or without `ca.crt`, or `ca.crt` alone; undefined for a Secret of users and
 * passwords (internal/ingress/controller/store/backend_ssl.go `getPemCertificate`, internal/net/ssl/ssl.go).
 *
 * @throws ParseError in the program's words
 */
export function readSecretCertificate({
  metadata: { namespace = "", name },
  data = {},
}: Secret): Certificate | undefined {
  const key = `${namespace}/${name}`;
  const field = (each: string): string | undefined => {
    const text = data[each];
    return text === undefined ? undefined : byteText(bytesOfBase64(text) ?? new Uint8Array());
  };
  const [certificate, privateKey, ca = ""] = [field("tls.crt"), field("tls.key"), field("ca.crt")];
  if (certificate !== undefined && privateKey !== undefined) {
    const leaf = prefixed("unexpected error creating SSL Cert", () => readPair(certificate, privateKey));
    if (ca !== "") prefixed("parsing CA certificate", () => checkAuthorities(ca));
    if (ca !== "") prefixed("error configuring CRL certificate", () => checkRevocations(field("ca.crl"), key));
    return { ...keptFields(leaf, key), pem: certificate, authorities: ca, isAuthorityOnly: false };
  }
  if (ca !== "") {
    const [first] = prefixed("unexpected error creating SSL Cert", () => checkAuthorities(ca));
    checkRevocations(field("ca.crl"), key);
    return { ...keptFields(first!, key), pem: "", authorities: ca, isAuthorityOnly: true };
  }
  if (data.auth !== undefined) return undefined;
  throw new ParseError(`secret ${goQuoted(key)} contains no keypair or CA certificate`);
}

function keptFields(
  certificate: X509Certificate,
  secret: string,
): Omit<Certificate, "pem" | "authorities" | "isAuthorityOnly"> {
  const { subject, issuer, extensions, notBeforeMs, notAfterMs, serial } = certificate;
  return {
    secret,
    commonName: commonNameOf(subject),
    subject: nameText(subject),
    issuer: nameText(issuer),
    alternativeNames: extensions.subjectAlternativeNames,
    notBeforeMs,
    notAfterMs,
    serial: serial.toString(16),
  };
}

function prefixed<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ParseError ? new ParseError(`${what}: ${error.message}`) : error;
  }
}

/** `CreateSSLCert`: of the certificate and the key behind each other, the first block has to be the certificate. */
function readPair(certificate: string, privateKey: string): X509Certificate {
  const [first] = pemBlocks(`${certificate}\n${privateKey}`);
  if (first === undefined) throw new ParseError("no valid PEM formatted block found");
  if (first.type !== "CERTIFICATE") {
    throw new ParseError(
      "no certificate PEM data found, make sure certificate content starts with 'BEGIN CERTIFICATE'",
    );
  }
  const leaf = parseCertificate(first.bytes);
  prefixed("certificate and private key does not have a matching public key", () =>
    parseKeyPair(certificate, privateKey),
  );
  return leaf;
}

/** `CheckCACert`. */
function checkAuthorities(pem: string): X509Certificate[] {
  const certificates = pemBlocks(pem).map(({ bytes }) => parseCertificate(bytes));
  if (certificates.length === 0) throw new ParseError("error decoding CA certificate/s");
  return certificates;
}

/** `ConfigureCRL`; what the list revokes is not read. */
function checkRevocations(pem: string | undefined, key: string): void {
  if (pem === undefined || pem === "") return;
  const name = key.replaceAll("/", "-");
  const [first] = pemBlocks(pem);
  if (first === undefined) throw new ParseError(`no valid PEM formatted block found in CRL ${name}`);
  if (first.type === "X509 CRL") return;
  throw new ParseError(
    `CRL file ${name} contains invalid data, and must be created only with PEM formatted certificates`,
  );
}
