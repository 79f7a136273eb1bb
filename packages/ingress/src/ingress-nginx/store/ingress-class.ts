import { type Ingress, type IngressClass, ingressClassAnnotation } from "@kubenetsim/core/model/ingress";

/** Which Ingresses a controller takes. */
export interface ClassOptions {
  /** `--controller-class`. */
  readonly controllerClass: string;
  /** `--ingress-class`: the value of the older annotation. */
  readonly ingressClass: string;
  /** `--watch-ingress-without-class`. */
  readonly watchIngressWithoutClass: boolean;
  /** `--ingress-class-by-name`: also classes named as `ingressClass`, whatever their controller. */
  readonly ingressClassByName: boolean;
}

export const defaultClassOptions: ClassOptions = {
  controllerClass: "k8s.io/ingress-nginx",
  ingressClass: "nginx",
  watchIngressWithoutClass: false,
  ingressClassByName: false,
};

/** Whether a class is one of this controller's. */
export function isOwnClass({ metadata, spec }: IngressClass, options: ClassOptions): boolean {
  const { controllerClass, ingressClass, ingressClassByName } = options;
  return spec.controller === controllerClass || (ingressClassByName && metadata.name === ingressClass);
}

/**
 * Whether the controller takes an Ingress (internal/ingress/controller/store `GetIngressClass`): by its class if it names one,
 * else by the annotation, else as it was told for those with neither.
 */
export function isOwnIngress(
  { metadata, spec }: Ingress,
  ownClasses: ReadonlyMap<string, IngressClass>,
  options: ClassOptions,
): boolean {
  if (spec.ingressClassName !== undefined) return ownClasses.has(spec.ingressClassName);
  const annotation = metadata.annotations?.[ingressClassAnnotation];
  return annotation === undefined ? options.watchIngressWithoutClass : annotation === options.ingressClass;
}
