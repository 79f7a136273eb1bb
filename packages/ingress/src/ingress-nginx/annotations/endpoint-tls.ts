import type { Certificate } from "../../certificate/certificate.ts";
import { type AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { secretCertificate } from "./client-certificates.ts";
import { basicCharacters, integer, matching, serverName } from "./value-checks.ts";

/** How nginx speaks TLS to endpoints. */
export interface EndpointTls {
  /** namespace/name of the Secret with nginx's own certificate and with the authorities. */
  readonly secret: string;
  readonly hasCertificate: boolean;
  readonly hasAuthorities: boolean;
  readonly ciphers: string;
  readonly protocols: string;
  readonly name: string;
  /** `on` or `off`. */
  readonly verify: string;
  readonly verifyDepth: number;
  /** `on` or `off`: whether the name is told in the handshake. */
  readonly serverName: string;
}

const spaceless = { withoutSpaces: true };
const onOff = /^(on|off)$/;
const protocols = /^(TLSv1\.2|TLSv1\.3| )*$/;

export const endpointTlsFields: AnnotationFields = {
  "proxy-ssl-secret": { check: matching(basicCharacters, spaceless), risk: "Medium" },
  "proxy-ssl-ciphers": { check: matching(/^[A-Za-z0-9+:_\-!]*$/, spaceless), risk: "Medium" },
  "proxy-ssl-protocols": { check: matching(protocols, spaceless), risk: "Low" },
  "proxy-ssl-name": { check: serverName, risk: "High" },
  "proxy-ssl-verify": { check: matching(onOff, spaceless), risk: "Low" },
  "proxy-ssl-verify-depth": { check: integer, risk: "Low" },
  "proxy-ssl-server-name": { check: matching(onOff, spaceless), risk: "Low" },
};

/** internal/ingress/annotations/proxyssl: nothing without its Secret. */
export function parseEndpointTls(
  reader: AnnotationReader,
  certificateOf: (key: string) => Certificate | undefined,
): EndpointTls | AnnotationProblem {
  const found = secretCertificate(reader, "proxy-ssl-secret", certificateOf);
  if (isProblem(found)) return found;
  const warned = (name: string, fallback: string, told: string, line: number): string => {
    const value = reader.text(name);
    if (isProblem(value) && value.kind === "validation") {
      reader.log.warn(`main.go:${line}`, `invalid value passed to ${name}, defaulting to ${told}`);
    }
    return valueOr(value, fallback);
  };
  const word = (name: string): string => {
    const value = valueOr(reader.text(name), "off");
    return onOff.test(value) ? value : "off";
  };
  return {
    secret: found.secret,
    hasCertificate: !found.isAuthorityOnly,
    hasAuthorities: found.authorities !== "",
    ciphers: warned("proxy-ssl-ciphers", "DEFAULT", "DEFAULT", 218),
    protocols: sorted(warned("proxy-ssl-protocols", "TLSv1.2", "TLSv1.2", 226)),
    name: warned("proxy-ssl-name", "", "empty", 236),
    verify: word("proxy-ssl-verify"),
    verifyDepth: valueOr(reader.integer("proxy-ssl-verify-depth"), 0) || 1,
    serverName: word("proxy-ssl-server-name"),
  };
}

function sorted(text: string): string {
  const known = text.split(" ").filter((word) => word !== "" && protocols.test(word));
  return known.length === 0 ? "TLSv1.2" : known.sort().join(" ");
}
