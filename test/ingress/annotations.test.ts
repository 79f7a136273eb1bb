import { readFileSync } from "node:fs";
import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { type Certificate, unsignedCertificate } from "@kubenetsim/ingress/certificate/certificate";
import { KeptLog } from "@kubenetsim/ingress/controller-log";
import { extractAnnotations } from "@kubenetsim/ingress/ingress-nginx/annotations/extract-annotations";
import { defaultNginxSettings } from "@kubenetsim/ingress/ingress-nginx/nginx-settings";
import { describe, expect, it } from "vitest";

/** What controller v1.15.1's own parsers (internal/ingress/annotations) made of annotations, drawn at random. */
interface Recorded {
  /** By their names without the prefix. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of one that is not dropped: which parser is asked before the one that drops it is chance. */
  readonly warnings?: readonly string[];
  /** Why the Ingress is dropped. */
  readonly dropped?: string;
  /** Why its locations answer 503. */
  readonly denied?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

const recorded = readFileSync(new URL("recorded-annotations.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

const configMaps: Readonly<Record<string, ConfigMap["data"]>> = {
  "n/headers": { "X-Ok": "1" },
  "n/forbidden": { "X-No": "1" },
  "n/badname": { "X No": "1" },
  "n/badvalue": { "X-Ok": "a\nb" },
};
const blank = unsignedCertificate("", [], 0);
const certificates: Readonly<Record<string, Certificate>> = {
  "n/ca": { ...blank, secret: "n/ca", authorities: "PEM", isAuthorityOnly: true },
  "n/pair": { ...blank, secret: "n/pair", pem: "PEM" },
};
const settings = {
  ...defaultNginxSettings,
  annotationsRiskLevel: "Critical",
  allowSnippetAnnotations: true,
  globalAllowedResponseHeaders: ["X-Ok", "X-Two"],
};

function extracted(annotations: Readonly<Record<string, string>>): Omit<Recorded, "annotations"> {
  const log = new KeptLog();
  const named = Object.entries(annotations).map(([name, value]) => [`nginx.ingress.kubernetes.io/${name}`, value]);
  const ingress: Ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web", namespace: "n", uid: "u", annotations: Object.fromEntries(named) },
    spec: {},
  };
  const found = extractAnnotations(ingress, {
    settings,
    log,
    serviceOf: () => undefined,
    secretOf: () => undefined,
    configMapOf: (key) => {
      const data = configMaps[key];
      return data && { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "n", name: "" }, data };
    },
    certificateOf: (key) => certificates[key],
  });
  if (found === undefined) return { dropped: log.entries.at(-1)!.message };
  const warnings = log.entries.filter(({ severity }) => severity === "W");
  const told = { warnings: warnings.map(({ source, message }) => `${source}: ${message}`).sort() };
  const { denied, externalAuth, clientCertificatesDenied, customHeaders, mirror, satisfy } = found;
  const { connectionHeader, sslPassthrough, enableGlobalAuth } = found;
  const { authorities: _authorities, ...clientCertificates } = found.clientCertificates ?? {};
  const { hasCertificate: _own, hasAuthorities: _trusted, ...endpointTls } = found.endpointTls ?? {};
  const values = {
    ...(externalAuth && { externalAuth }),
    ...(found.clientCertificates && { clientCertificates }),
    ...(clientCertificatesDenied && { clientCertificatesDenied }),
    ...(found.endpointTls && { endpointTls }),
    ...{ customHeaders, mirror, satisfy, connectionHeader, sslPassthrough, enableGlobalAuth },
  };
  return { ...told, ...(denied === undefined ? {} : { denied: denied.reason }), values };
}

describe("annotations of ingress-nginx", () => {
  it(`are read, refused and warned of as by the program: ${recorded.length} recorded sets`, () => {
    for (const { annotations, ...told } of recorded) {
      expect({ annotations, ...extracted(annotations) }).toEqual({ annotations, ...told });
    }
  });
});
