import type { Container, Pod } from "@kubenetsim/core/model/pod";
import type { IngressControllerDefinition } from "@kubenetsim/ingress";

/** Which controller a Pod's container runs. */
export interface ControllerContainer {
  readonly container: Container;
  readonly definition: IngressControllerDefinition;
}

/** The container of a Pod that runs an ingress controller, told by the name of its image; the first of several. */
export function controllerContainer(
  pod: Pod,
  definitions: readonly IngressControllerDefinition[],
): ControllerContainer | undefined {
  for (const container of pod.spec.containers) {
    const definition = definitions.find((each) => each.runs(container.image ?? ""));
    if (definition !== undefined) return { container, definition };
  }
  return undefined;
}
