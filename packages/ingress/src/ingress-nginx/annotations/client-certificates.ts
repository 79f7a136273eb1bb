import { goPattern } from "@kubenetsim/core/pattern/go-pattern";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Certificate } from "../../certificate/certificate.ts";
import { AnnotationProblem, isProblem, locationDenied, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { basicCharacters, boolean, integer, matching } from "./value-checks.ts";

/** Which certificates clients have to show. */
export interface ClientCertificates {
  /** namespace/name of the Secret with the authorities. */
  readonly secret: string;
  /** PEM of them; empty where the Secret has none: then nobody is asked. */
  readonly authorities: string;
  /** `on`, `off`, `optional` or `optional_no_ca`. */
  readonly verifyClient: string;
  readonly verifyDepth: number;
  /** Where a client without a good one is sent; empty for nginx's own page. */
  readonly errorPage: string;
  readonly passCertificate: boolean;
  /** `CN=` and a regular expression; empty for any subject. */
  readonly matchCommonName: string;
}

const spaceless = { withoutSpaces: true };
const verifyWords = /^(on|off|optional|optional_no_ca)$/;
const pages = /^(@[A-Za-z0-9_-]+|((https?:\/\/)?[A-Za-z0-9\-.]+(:\d+)?)?(\/[A-Za-z0-9\-_.]+)*\/?)$/;

export const clientCertificateFields: AnnotationFields = {
  "auth-tls-secret": { check: matching(basicCharacters, spaceless), risk: "Medium" },
  "auth-tls-verify-client": { check: matching(verifyWords, spaceless), risk: "Medium" },
  "auth-tls-verify-depth": { check: integer, risk: "Low" },
  "auth-tls-error-page": { check: matching(pages, spaceless), risk: "High" },
  "auth-tls-pass-certificate-to-upstream": { check: boolean, risk: "Low" },
  "auth-tls-match-cn": { check: isCommonNamePattern, risk: "High" },
};

/** `CommonNameAnnotationValidator`. */
function isCommonNamePattern(value: string): boolean {
  return value.startsWith("CN=") && isGoPattern(value.slice(3));
}

function isGoPattern(pattern: string): boolean {
  try {
    goPattern(pattern, (problem) => new ParseError(problem));
    return true;
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

/** internal/ingress/annotations/authtls. Without the Secret the locations are denied, and the whole server with them. */
export function parseClientCertificates(
  reader: AnnotationReader,
  certificateOf: (key: string) => Certificate | undefined,
): ClientCertificates | AnnotationProblem {
  const found = secretCertificate(reader, "auth-tls-secret", certificateOf);
  if (isProblem(found)) return found;
  const verifyClient = valueOr(reader.text("auth-tls-verify-client"), "on");
  const verifyDepth = valueOr(reader.integer("auth-tls-verify-depth"), 0) || 1;
  const errorPage = refusedOr(reader.text("auth-tls-error-page"), "");
  if (isProblem(errorPage)) return errorPage;
  const passCertificate = refusedOr(reader.boolean("auth-tls-pass-certificate-to-upstream"), false);
  if (isProblem(passCertificate)) return passCertificate;
  const matchCommonName = refusedOr(reader.text("auth-tls-match-cn"), "");
  if (isProblem(matchCommonName)) return matchCommonName;
  return {
    secret: found.secret,
    authorities: found.authorities,
    verifyClient: verifyWords.test(verifyClient) ? verifyClient : "on",
    verifyDepth,
    errorPage,
    passCertificate,
    matchCommonName,
  };
}

/** A value that is refused, or what stands in for one that is not there or cannot be read. */
function refusedOr<T>(value: T | AnnotationProblem, fallback: T): T | AnnotationProblem {
  return isProblem(value) && value.kind === "validation" ? value : valueOr(value, fallback);
}

/** The certificate of a Secret that an annotation names as namespace/name, of the namespace of the Ingress. */
export function secretCertificate(
  reader: AnnotationReader,
  annotation: string,
  certificateOf: (key: string) => Certificate | undefined,
): Certificate | AnnotationProblem {
  const key = reader.text(annotation);
  if (isProblem(key)) return key;
  const [namespace, ...names] = key.split("/");
  if (names.length !== 1) return locationDenied(`invalid format (namespace/name) found in '${key}'`);
  if (namespace !== (reader.ingress.metadata.namespace ?? ""))
    return locationDenied("cross namespace secrets are not supported");
  return (
    certificateOf(key) ??
    new AnnotationProblem("denied", `error obtaining certificate: local SSL certificate ${key} was not found`)
  );
}
