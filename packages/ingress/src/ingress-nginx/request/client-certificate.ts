import { goPattern } from "@kubenetsim/core/pattern/go-pattern";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { chainProblem } from "../../certificate/certificate-chain.ts";
import { rfc2253Text } from "../../certificate/distinguished-name.ts";
import { certificatesOf } from "../../certificate/verify-certificate.ts";
import type { ClientCertificates } from "../annotations/client-certificates.ts";
import type { Server } from "../model/configuration.ts";
import type { PartialAnswer } from "./answer-at-location.ts";
import { missingCertificatePage, type OwnPage, wrongCertificatePage } from "./own-page.ts";
import type { RequestContext } from "./request-context.ts";
import { escapeComponent } from "./request-target.ts";

/** What nginx knows of the certificate of a client: the values of `$ssl_client_…`; empty ones stand for nothing. */
export interface ClientIdentity {
  /** `NONE`, `SUCCESS` or `FAILED:` and why. */
  readonly verify: string;
  readonly subject: string;
  readonly issuer: string;
  readonly pem: string;
}

const nobody: ClientIdentity = { verify: "", subject: "", issuer: "", pem: "" };

/**
 * Who the client is, and what it is answered before any location is looked for (src/http/ngx_http_request.c `ngx_http_process_request`; the
 * template's server block); no refusal where it may go on.
 */
export function checkClient(
  context: RequestContext,
  { access }: Server,
): { readonly identity: ClientIdentity; readonly refusal?: PartialAnswer } {
  const { clientCertificates, clientCertificatesDenied } = access;
  const step = (text: string): void => {
    context.steps.push({ phase: "server", text });
  };
  if (clientCertificatesDenied !== undefined) {
    step(`403: the server is closed to all, ${clientCertificatesDenied}`);
    return { identity: nobody, refusal: { status: 403 } };
  }
  if (clientCertificates === undefined) return { identity: nobody };
  const identity = identityOf(context, clientCertificates);
  const refusal = tlsRefusal(context, clientCertificates, identity);
  if (refusal !== undefined) {
    step(`${refusal.status}: ${identity.verify === "NONE" ? "no certificate of a client" : identity.verify}`);
    return { identity, refusal };
  }
  const { matchCommonName } = clientCertificates;
  const isOther = matchCommonName !== "" && !matches(matchCommonName, identity.subject);
  if (!isOther) return { identity };
  step(`403: the subject ${identity.subject} of the client's certificate does not match ${matchCommonName}`);
  const body = "client certificate unauthorized";
  return { identity, refusal: { status: 403, body, headers: { "content-type": "text/html" } } };
}

/** The expression was read as Go reads it when the annotation was. */
function matches(pattern: string, subject: string): boolean {
  return goPattern(pattern, (problem) => new ParseError(problem)).test(subject);
}

function asks({ authorities, verifyClient }: ClientCertificates): boolean {
  return authorities !== "" && verifyClient !== "off";
}

function identityOf({ request, nowMs }: RequestContext, asked: ClientCertificates): ClientIdentity {
  if (!request.isTls) return nobody;
  const [leaf, ...untrusted] = asks(asked) ? certificatesOf(request.clientCertificate ?? "") : [];
  if (leaf === undefined) return { ...nobody, verify: "NONE" };
  const trustedRoots = certificatesOf(asked.authorities);
  const problem = chainProblem({ leaf, untrusted, trustedRoots, nowMs, purpose: "client", depth: asked.verifyDepth });
  return {
    verify: problem === undefined ? "SUCCESS" : `FAILED:${problem}`,
    subject: rfc2253Text(leaf.subject),
    issuer: rfc2253Text(leaf.issuer),
    pem: request.clientCertificate!,
  };
}

/** Errors that `optional_no_ca` lets pass (`ngx_ssl_verify_error_optional`). */
const authorityProblems: ReadonlySet<string> = new Set([
  "self-signed certificate",
  "self-signed certificate in certificate chain",
  "unable to get local issuer certificate",
  "unable to verify the first certificate",
]);

function tlsRefusal(
  { request, host }: RequestContext,
  asked: ClientCertificates,
  { verify }: ClientIdentity,
): PartialAnswer | undefined {
  if (!request.isTls || !asks(asked)) return undefined;
  if (request.serverName !== undefined && request.serverName !== host) return { status: 421 };
  const problem = verify.startsWith("FAILED:") ? verify.slice("FAILED:".length) : undefined;
  const isLetPass = asked.verifyClient === "optional_no_ca" && problem !== undefined && authorityProblems.has(problem);
  if (problem !== undefined && !isLetPass) return certificateError(asked, wrongCertificatePage);
  const isMissing = verify === "NONE" && asked.verifyClient === "on";
  return isMissing ? certificateError(asked, missingCertificatePage) : undefined;
}

/** nginx's pages of 495 and 496, which clients see as 400, or where `auth-tls-error-page` sends them. */
function certificateError({ errorPage }: ClientCertificates, page: OwnPage): PartialAnswer {
  if (/^https?:\/\//.test(errorPage)) return { status: 302, headers: { location: errorPage } };
  if (errorPage !== "") throw new UnsupportedError(`the page ${errorPage} of the same server`, "auth-tls-error-page");
  return { status: 400, ...page };
}

/** What endpoints are told of the client's certificate. */
export function identityHeaders(identity: ClientIdentity, asked: ClientCertificates): Record<string, string> {
  return {
    "ssl-client-verify": identity.verify,
    "ssl-client-subject-dn": identity.subject,
    "ssl-client-issuer-dn": identity.issuer,
    ...(asked.passCertificate ? { "ssl-client-cert": escapeComponent(identity.pem) } : {}),
  };
}
