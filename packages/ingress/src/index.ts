export type { Certificate } from "./certificate/certificate.ts";
export { type ControllerLog, KeptLog, type LogEntry } from "./controller-log.ts";
export type {
  ControllerProcess,
  Handshake,
  HttpArrival,
  IngressController,
  IngressControllerDefinition,
  IngressStatusWriter,
  ListeningPort,
  PassedConnection,
} from "./ingress-controller.ts";
export { IngressNginxController, type SyncOutcome } from "./ingress-nginx/controller.ts";
export { ingressNginx } from "./ingress-nginx/definition.ts";
export type { Backend, Configuration, Location, Server } from "./ingress-nginx/model/configuration.ts";
export { traefik } from "./traefik/definition.ts";
