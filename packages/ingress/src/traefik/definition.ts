import type { IngressControllerDefinition } from "../ingress-controller.ts";
import { TraefikController } from "./controller.ts";

/** Traefik's images of version 3: the official one and copies of it under names of others' registries. */
const images = /(^|\/)traefik(:v?3[.\d]*(-[\w.]+)?|:latest)?(@|$)/;

/** Traefik v3 (facts of v3.7.13) with its provider of Kubernetes Ingresses, as a controller to plug in. */
export const traefik: IngressControllerDefinition = {
  name: "traefik",
  runs: (image) => images.test(image),
  start: (process) => new TraefikController(process),
};
