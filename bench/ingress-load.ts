import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { ApiObject, Kind } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { Secret } from "@kubenetsim/core/model/secret";
import { base64 } from "@kubenetsim/core/runtime/base64";
import { KeptLog } from "@kubenetsim/ingress/controller-log";
import { IngressNginxController } from "@kubenetsim/ingress/ingress-nginx/controller";
import { Nginx } from "@kubenetsim/ingress/ingress-nginx/request/nginx";
import { ingressObject, serviceObjects } from "@kubenetsim/testing/ingress-objects";
import { madeCertificate } from "@kubenetsim/testing/made-certificate";

/** ingress-nginx with its nginx, and the objects that it heard of. */
export class IngressLoad {
  readonly nginx: Nginx = new Nginx({ send: () => ({ status: 200 }), random: () => 0.5 });
  readonly #objects = new Map<string, ApiObject>();
  readonly #controller: IngressNginxController;
  readonly #log = new KeptLog();
  #revision = 0;

  constructor(objects: readonly ApiObject[]) {
    this.#controller = new IngressNginxController({}, this.#log);
    for (const object of objects) this.#controller.apply(this.#write(object));
    this.#sync();
  }

  /** An object is written, or deleted, and the configuration follows. */
  change(object: ApiObject, isDeleted = false): void {
    this.#controller.apply(this.#write(object, isDeleted));
    this.#sync();
  }

  object<O extends ApiObject>(kind: Kind, name: string): O {
    return this.#objects.get(`${kind} n/${name}`) as O;
  }

  #write(object: ApiObject, isDeleted = false): Change {
    const { kind, metadata } = object as ApiObject & { kind: Kind };
    const key = `${metadata.namespace}/${metadata.name}`;
    const before = this.#objects.get(`${kind} ${key}`);
    const after = isDeleted ? undefined : object;
    if (isDeleted) this.#objects.delete(`${kind} ${key}`);
    else this.#objects.set(`${kind} ${key}`, object);
    return { revision: ++this.#revision, kind, key, before, after };
  }

  #sync(): void {
    const outcome = this.#controller.sync();
    this.#log.entries.length = 0;
    if (outcome === "unchanged" || outcome === "refused") throw new Error(`a change that came to ${outcome}`);
    this.nginx.load(this.#controller.running!, { isReload: outcome === "reloaded", nowMs: 0 });
  }
}

/** With TLS is each so-manieth host. */
export const tlsEach = 50;

const secrets = new Map<string, Secret>();

/** A Secret with one of two certificates for the host of that number; always the same object. */
export function secretOf(i: number, which: 0 | 1): Secret {
  const known = secrets.get(`${i} ${which}`);
  if (known !== undefined) return known;
  const { certificate, key } = madeCertificate({
    commonName: `h${i}.test`,
    dnsNames: [`h${i}.test`, `v${which}.test`],
  });
  const data = { "tls.crt": base64(certificate), "tls.key": base64(key) };
  const secret: Secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "n", name: `cert${i}` }, data };
  secrets.set(`${i} ${which}`, secret);
  return secret;
}

/** The Ingress of the host of that number: some paths to Services of its own or to one that all share. */
export function ingressOf(
  i: number,
  options: { paths?: number; isShared?: boolean; annotations?: Record<string, string> },
): Ingress {
  const { paths = 4, isShared = false, annotations = {} } = options;
  const service = (at: number): string => (isShared ? "s0" : `s${2 * i + (at % 2)}`);
  return ingressObject(`i${i}`, {
    host: `h${i}.test`,
    paths: Array.from({ length: paths }, (_, at) => [`/part-${at}/of/it`, "Prefix", service(at)]),
    annotations: { "proxy-read-timeout": "30", ...annotations },
    ...(i % tlsEach === 0 && { tls: [{ hosts: [`h${i}.test`], secretName: `cert${i}` }] }),
  });
}

/** That many Ingresses with all that they name. */
export function ingressCluster(ingresses: number, options: { paths?: number; isShared?: boolean } = {}): ApiObject[] {
  const numbers = Array.from({ length: ingresses }, (_, i) => i);
  const services = numbers.flatMap((i) => [`s${2 * i}`, `s${2 * i + 1}`]);
  return [
    ...serviceObjects(services),
    ...numbers.filter((i) => i % tlsEach === 0).map((i) => secretOf(i, 0)),
    ...numbers.map((i) => ingressOf(i, options)),
  ];
}
