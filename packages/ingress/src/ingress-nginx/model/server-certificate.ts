import type { Ingress } from "@kubenetsim/core/model/ingress";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import type { Certificate } from "../../certificate/certificate.ts";
import { hostnameProblem, legacyHostnameProblem } from "../../certificate/host-name-problem.ts";
import { quoted } from "../../controller-log.ts";
import type { ModelSource } from "./model-source.ts";

const tenDaysMs = 240 * 3_600_000;

/**
 * The certificate that an Ingress gives a host; undefined when it has no TLS (internal/ingress/controller/controller.go
 * `createServers`). The default one stands in for a Secret that is missing, holds none, or one for other names.
 */
export function chooseCertificate(source: ModelSource, ingress: Ingress, host: string): Certificate | undefined {
  const { log } = source;
  if ((ingress.spec.tls ?? []).length === 0) return undefined;
  const secretName = secretNameFor(source, ingress, host);
  if (secretName === "") return source.defaultCertificate;
  const key = `${ingress.metadata.namespace ?? ""}/${secretName}`;
  const certificate = source.certificateOf(key);
  if (certificate === undefined) {
    const text = `Error getting SSL certificate ${quoted(key)}: ${notFound(key)}. Using default certificate`;
    log.warn("controller.go:1468", text);
    return source.defaultCertificate;
  }
  if (certificate.isAuthorityOnly) {
    const text = `SSL certificate ${quoted(key)} does not contain a valid SSL certificate for server ${quoted(host)}`;
    log.warn("controller.go:1475", text);
    log.warn("controller.go:1476", "Using default certificate");
    return source.defaultCertificate;
  }
  const problem = hostnameProblem(certificate, host);
  if (problem !== undefined) {
    const certificateText = `SSL certificate ${quoted(key)}`;
    log.warn(
      "controller.go:1482",
      `Unexpected error validating ${certificateText} for server ${quoted(host)}: ${problem}`,
    );
    log.warn(
      "controller.go:1483",
      "Validating certificate against DNS names. This will be deprecated in a future version",
    );
    const legacyProblem = legacyHostnameProblem(certificate, host);
    if (legacyProblem !== undefined) {
      const names = `does not contain a Common Name or Subject Alternative Name for server ${quoted(host)}`;
      log.warn("controller.go:1488", `${certificateText} ${names}: ${legacyProblem}`);
      log.warn("controller.go:1489", "Using default certificate");
      return source.defaultCertificate;
    }
  }
  warnOfExpiry(source, certificate, host);
  return certificate;
}

function notFound(key: string): string {
  return `local SSL certificate ${key} was not found`;
}

/**
 * The Secret of the first entry that names the host; else of the first whose certificate is one for it; empty for none
 * (`extractTLSSecretName`).
 */
function secretNameFor(source: ModelSource, ingress: Ingress, host: string): string {
  const entries = ingress.spec.tls ?? [];
  const named = entries.find(({ hosts = [] }) => hosts.some((each) => each.toLowerCase() === host.toLowerCase()));
  if (named !== undefined) return named.secretName ?? "";
  for (const { secretName = "" } of entries) {
    if (secretName === "") continue;
    const key = `${ingress.metadata.namespace ?? ""}/${secretName}`;
    const certificate = source.certificateOf(key);
    if (certificate === undefined) {
      source.log.warn("controller.go:1747", `Error getting SSL certificate ${quoted(key)}: ${notFound(key)}`);
    } else if (!certificate.isAuthorityOnly && hostnameProblem(certificate, host) === undefined) return secretName;
  }
  return "";
}

function warnOfExpiry({ log }: ModelSource, { notAfterMs }: Certificate, host: string): void {
  const text = `SSL certificate for server ${quoted(host)}`;
  const when = timestampOf(notAfterMs).replace("T", " ").replace("Z", " +0000 UTC");
  const soonMs = notAfterMs - tenDaysMs;
  log.warnDuring(
    { fromMs: notAfterMs + 1, beforeMs: Number.POSITIVE_INFINITY },
    "controller.go:1499",
    `${text} expired (${when})`,
  );
  log.warnDuring(
    { fromMs: soonMs + 1, beforeMs: notAfterMs + 1 },
    "controller.go:1501",
    `${text} is about to expire (${when})`,
  );
}
