import { type Certificate, unsignedCertificate } from "../certificate/certificate.ts";

/** Certificates by their names (pkg/tls/certificate_store.go). Of two with the same names the first stays. */
export class CertificateStore {
  readonly #entries: readonly (readonly [names: readonly string[], certificate: Certificate])[];

  /** What Traefik makes for itself (pkg/tls/generate/generate.go); its name is drawn anew at each start. */
  readonly #own: Certificate;

  constructor(certificates: readonly Certificate[], startMs: number) {
    this.#own = unsignedCertificate("TRAEFIK DEFAULT CERT", ["traefik.default"], startMs);
    const byKey = new Map<string, Certificate>();
    for (const certificate of certificates) {
      const key = namesOf(certificate).sort().join(",");
      if (!byKey.has(key)) byKey.set(key, certificate);
    }
    const keys = [...byKey.keys()].sort().reverse();
    this.#entries = keys.map((key) => [key.split(","), byKey.get(key)!]);
  }

  /** What a client is shown that asks for a name; Traefik's own where there is none for it, or no name. */
  find(serverName: string | undefined): Certificate {
    const name = (serverName ?? "").trim().toLowerCase();
    const wildcard = name.replace(/^[^.]*/, "*");
    const found = this.#entries.find(([names]) =>
      names.some((each) => each === name || each.replace(/\.+$/, "") === wildcard),
    );
    return name === "" || found === undefined ? this.#own : found[1];
  }
}

function namesOf({ commonName, alternativeNames }: Certificate): string[] {
  const { dnsNames = [], ipAddresses = [] } = alternativeNames ?? {};
  const common = commonName === "" ? [] : [commonName];
  return [...common, ...[...dnsNames, ...ipAddresses].filter((name) => name !== commonName)].map((name) =>
    name.toLowerCase(),
  );
}
