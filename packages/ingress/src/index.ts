export { IngressNginxController, type SyncOutcome } from "./ingress-nginx/controller.ts";
export { type ControllerLog, KeptLog, type LogEntry } from "./ingress-nginx/controller-log.ts";
export type { Backend, Configuration, Location, Server } from "./ingress-nginx/model/configuration.ts";
