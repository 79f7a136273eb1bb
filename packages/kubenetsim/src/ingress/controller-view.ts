import type { Configuration, ListeningPort } from "@kubenetsim/ingress";
import { IngressNginxProcess } from "@kubenetsim/ingress/ingress-nginx/process/ingress-nginx-process";
import type { RunningController } from "./running-controller.ts";
import { klogText, type TimedEntry } from "./timed-log.ts";

/** An ingress controller as it stands now. */
export interface IngressControllerView {
  /** `ingress-nginx`. */
  readonly name: string;
  /** The name of its container. */
  readonly container: string;
  /** Why its process ends whenever it is started; undefined when it runs. */
  readonly problem: string | undefined;
  /** None as long as it has no configuration that can be run. */
  readonly listens: readonly ListeningPort[];
  /** Its configuration in its own program's words, such as nginx.conf; empty for one that does not run. */
  readonly configurationText: string;
  /** Of ingress-nginx, the servers, locations and backends that its nginx works by; undefined before it has any. */
  readonly configuration: Configuration | undefined;
  /** Of ingress-nginx, how often nginx was to have another file since it started, also one that it refused. */
  readonly reloads: number | undefined;
  readonly log: readonly TimedEntry[];
  /** The same as its container writes it. */
  readonly logText: string;
}

export function controllerView({ place, controller, problem, log }: RunningController): IngressControllerView {
  const nginx = controller instanceof IngressNginxProcess ? controller : undefined;
  return {
    name: place.definition.name,
    container: place.container.name,
    problem,
    listens: controller?.listens ?? [],
    configurationText: controller?.configurationText() ?? "",
    configuration: nginx?.configuration,
    reloads: nginx?.reloads,
    log: log.entries,
    logText: klogText(log.entries),
  };
}
