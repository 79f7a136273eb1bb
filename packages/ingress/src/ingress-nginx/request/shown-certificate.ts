import type { Certificate } from "../../certificate/certificate.ts";
import { coversHost } from "../../certificate/host-name-problem.ts";
import { wwwRedirects } from "../conf/www-redirects.ts";
import { lastNamed } from "../model/changed-names.ts";
import { type Configuration, defaultServerName } from "../model/configuration.ts";

/** Which certificate is shown for which name, as the controller tells nginx (internal/ingress/controller/nginx.go `configureCertificates`). */
export class CertificateTable {
  readonly #certificates = new Map<string, Certificate>();
  #hasWildcards = false;

  constructor({ servers }: Configuration) {
    for (const { hostname, aliases, certificate } of servers) {
      this.#set(hostname, certificate);
      for (const alias of aliases) this.#set(alias, covering(certificate, alias));
    }
    for (const { from, to } of wwwRedirects(servers)) {
      const server = lastNamed(servers, to, ({ hostname }) => hostname);
      this.#set(from, covering(server?.certificate, from));
    }
  }

  /** All names that have a certificate. */
  get names(): string[] {
    return [...this.#certificates.keys()];
  }

  #set(name: string, certificate: Certificate | undefined): void {
    this.#hasWildcards ||= name.startsWith("*.");
    if (certificate === undefined) this.#certificates.delete(name);
    else this.#certificates.set(name, certificate);
  }

  /** For this name, or else for its wildcard (certificate.lua `get_pem_cert_uid`). */
  find(host: string): Certificate | undefined {
    const name = (host.endsWith(".") ? host.slice(0, -1) : host).toLowerCase();
    const own = this.#certificates.get(name);
    const dot = own === undefined && this.#hasWildcards ? name.indexOf(".") : -1;
    return dot > 0 ? this.#certificates.get(`*${name.slice(dot)}`) : own;
  }

  /** What a handshake shows (certificate.lua `call`): that of the name, or the default one. */
  shown(serverName: string | undefined): Certificate | undefined {
    return (serverName === undefined ? undefined : this.find(serverName)) ?? this.#certificates.get(defaultServerName);
  }
}

function covering(certificate: Certificate | undefined, host: string): Certificate | undefined {
  return certificate !== undefined && coversHost(certificate, host) ? certificate : undefined;
}
