import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { Service } from "@kubenetsim/core/model/service";
import type { Certificate } from "../../certificate/certificate.ts";
import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { ListenPorts } from "../listen-ports.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import type { Endpoint } from "./configuration.ts";
import type { PlacedLog } from "./placed-log.ts";

/** An Ingress as the controller keeps it: paths and path types filled in, annotations read. */
export interface ParsedIngress {
  /** namespace/name. */
  readonly key: string;
  readonly ingress: Ingress;
  readonly annotations: IngressAnnotations;
}

/** What the model is made of beside the Ingresses. Keys are namespace/name. */
export interface ModelSource {
  readonly settings: NginxSettings;
  readonly log: PlacedLog;
  /** `--default-backend-service`, a key. */
  readonly defaultBackendService?: string | undefined;
  /** The certificate that is shown where no other is. */
  readonly defaultCertificate: Certificate;
  readonly ports: ListenPorts;
  serviceOf(key: string): Service | undefined;
  slicesOf(serviceKey: string): readonly EndpointSlice[];
  /** The certificate of a Secret that holds one. */
  certificateOf(key: string): Certificate | undefined;
}

/** Where nginx's own server for everything else listens: it answers 404. */
export function defaultEndpoint({ default: port }: ListenPorts): Endpoint {
  return { address: "127.0.0.1", port };
}
