import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { Certificate } from "../../certificate/certificate.ts";
import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { SessionCookie } from "../annotations/session-affinity.ts";
import type { UpstreamHashBy } from "../annotations/upstream-hash-by.ts";
import type { ListenPorts } from "../listen-ports.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import type { FileHeaders } from "./file-headers.ts";
import type { PassthroughBackend, ServerAccess } from "./server-access.ts";

/** What the controller makes of all objects (pkg/apis/ingress/types.go `Configuration`). */
export interface Configuration {
  /** By host name. */
  readonly servers: readonly Server[];
  /** By name. */
  readonly backends: readonly Backend[];
  readonly settings: NginxSettings;
  /** The certificate that is shown where no other is. */
  readonly defaultCertificate: Certificate;
  /** By port. */
  readonly tcpServices: readonly StreamService[];
  readonly udpServices: readonly StreamService[];
  readonly ports: ListenPorts;
  /** As the file that runs has them. None unless given. */
  readonly headers?: FileHeaders;
}

/** A port of nginx's that leads to a Service byte by byte (pkg/apis/ingress/types.go `L4Service`). */
export interface StreamService {
  /** `tcp-namespace-service-port`: what its balancer is called. */
  readonly name: string;
  /** The port of nginx's. */
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
  /** namespace/name. */
  readonly service: string;
  /** Number or name of the Service's port, as the ConfigMap has it. */
  readonly backendPort: string;
  /** Clients begin with a PROXY header. */
  readonly decodesProxyProtocol: boolean;
  /** Endpoints are sent one. */
  readonly encodesProxyProtocol: boolean;
  readonly endpoints: readonly Endpoint[];
}

export interface Server {
  /** `_` for all names that no other server has. */
  readonly hostname: string;
  readonly aliases: readonly string[];
  /** undefined where no Ingress asks for TLS. */
  readonly certificate: Certificate | undefined;
  readonly redirectFromToWww: boolean;
  readonly access: ServerAccess;
  /** What its TLS is passed on to, where the program is told to do so (`--enable-ssl-passthrough`). */
  readonly passthrough: PassthroughBackend | undefined;
  /** In the order of the file. */
  readonly locations: readonly Location[];
}

export type PathType = "Exact" | "Prefix";

export interface Location {
  readonly path: string;
  readonly pathType: PathType;
  /** The path as the rule has it; empty for `/`. */
  readonly ingressPath: string;
  /** Made for a host as such, not for a path of a rule. */
  readonly isDefaultBackend: boolean;
  /** Name of the backend. */
  readonly backend: string;
  /** namespace/name of the Service; empty for none. */
  readonly service: string;
  readonly port: string;
  /** The Ingress that speaks for it. */
  readonly ingress: Ingress | undefined;
  /** Others that asked for the same path and came later. None unless given. */
  readonly passedOver?: readonly Ingress[];
  readonly annotations: IngressAnnotations;
  /** The backend that answers in the place of status codes that the location intercepts. */
  readonly defaultBackendUpstream: string;
  /** Endpoints are spoken to by TLS, as a server asks whose TLS is passed on. Not unless given. */
  readonly isPassedThrough?: true;
}

/** Endpoints under one name, `namespace-service-port`. */
export interface Backend {
  readonly name: string;
  /** namespace/name of the Service; empty for none. */
  readonly service: string;
  /** The Service's type is ExternalName: its one endpoint is a name. */
  readonly isExternalName: boolean;
  readonly port: string;
  readonly endpoints: readonly Endpoint[];
  readonly upstreamHashBy: UpstreamHashBy;
  readonly loadBalance: string;
  readonly sessionAffinity: BackendAffinity;
  /** No location leads here: the backend of a canary. */
  readonly noServer: boolean;
  readonly trafficShaping: TrafficShaping;
  /** The Ingress that says so, for a canary. */
  readonly canaryIngress?: Ingress;
  /** Names of canary backends. Only the first is asked. */
  readonly alternativeBackends: readonly string[];
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Uid and resourceVersion of the Pod behind it: with another one the endpoint is another one. */
  readonly target?: string;
}

export interface BackendAffinity {
  /** `cookie`, or empty for none. */
  readonly type: string;
  readonly mode: string;
  readonly cookie: SessionCookie;
  /** Host → paths of its locations where the cookie is set. */
  readonly locations: Readonly<Record<string, readonly string[]>>;
}

/** Which requests a canary takes. Empty texts ask for nothing. */
export interface TrafficShaping {
  readonly weight: number;
  readonly weightTotal: number;
  readonly header: string;
  readonly headerValue: string;
  readonly headerPattern: string;
  readonly cookie: string;
}

/** The name of the server for all names that no other has. */
export const defaultServerName = "_";

/** The backend that answers 404 where nothing else is configured. */
export const defaultBackendName = "upstream-default-backend";
