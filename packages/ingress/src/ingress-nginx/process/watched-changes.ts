import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { Kind } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { matchesSelector } from "@kubenetsim/core/model/label-selector";
import type { Labels } from "@kubenetsim/core/model/object-meta";
import { annotationsPrefix } from "../annotations/annotation-reader.ts";
import type { ControllerFlags } from "../flags/controller-flags.ts";

/** The kinds that it watches, in the order in which it first lists them: Ingresses when all else is known (store.go `Informer.Run`). */
const watchedKinds: readonly Kind[] = [
  "Secret",
  "EndpointSlice",
  "IngressClass",
  "Service",
  "ConfigMap",
  "Namespace",
  "Ingress",
];

/**
 * Which writes the store of a controller hears of, by its flags (internal/ingress/controller/store/store.go `New`):
 * --watch-namespace, --watch-namespace-selector, --disable-catch-all and --annotations-prefix.
 */
export class WatchedChanges {
  readonly #flags: ControllerFlags;
  readonly #namespaceLabels = new Map<string, Labels>();

  constructor(flags: ControllerFlags) {
    this.#flags = flags;
  }

  /** The first listing, in the order in which the store takes it. Its ConfigMap is read wherever it is. */
  listed(changes: readonly Change[]): Change[] {
    const { configMap } = this.#flags;
    const byKind = watchedKinds.flatMap((kind) => changes.filter((change) => change.kind === kind));
    return byKind.flatMap((change) =>
      change.kind === "ConfigMap" && change.key === configMap ? [change] : this.of(change),
    );
  }

  /** What the store hears of a write: nothing, the same, or one that looks otherwise from there. */
  of(change: Change): Change[] {
    const { kind, key, after } = change;
    if (!watchedKinds.includes(kind)) return [];
    if (kind === "Namespace") {
      if (after === undefined) this.#namespaceLabels.delete(key);
      else this.#namespaceLabels.set(key, after.metadata.labels ?? {});
      return [];
    }
    const namespace = (change.after ?? change.before)?.metadata.namespace;
    const { watchNamespace } = this.#flags;
    if (watchNamespace !== "" && namespace !== undefined && namespace !== watchNamespace) return [];
    if (kind === "Ingress") return this.#ingress(change, namespace ?? "");
    return kind === "Secret" && change.before !== undefined && !this.#isSelected(namespace ?? "") ? [] : [change];
  }

  #ingress(change: Change, namespace: string): Change[] {
    if (!this.#isSelected(namespace)) return [];
    const before = this.#seen(change.before as Ingress | undefined);
    const after = this.#seen(change.after as Ingress | undefined);
    return before === undefined && after === undefined ? [] : [{ ...change, before, after }];
  }

  #seen(ingress: Ingress | undefined): Ingress | undefined {
    const { disableCatchAll, annotationsPrefix: prefix } = this.#flags;
    if (ingress === undefined || (disableCatchAll && ingress.spec.defaultBackend !== undefined)) return undefined;
    return prefix === annotationsPrefix ? ingress : withUsualPrefix(ingress, prefix);
  }

  #isSelected(namespace: string): boolean {
    const { watchNamespaceSelector } = this.#flags;
    if (watchNamespaceSelector === undefined) return true;
    const labels = this.#namespaceLabels.get(namespace);
    return labels !== undefined && matchesSelector(watchNamespaceSelector, labels);
  }
}

/** With the annotations of another prefix as those that are read, and without those that would be read otherwise. */
function withUsualPrefix(ingress: Ingress, prefix: string): Ingress {
  const kept = Object.entries(ingress.metadata.annotations ?? {}).filter(
    ([name]) => !name.startsWith(`${annotationsPrefix}/`),
  );
  const annotations = Object.fromEntries(
    kept.map(([name, value]) => [
      name.startsWith(`${prefix}/`) ? annotationsPrefix + name.slice(prefix.length) : name,
      value,
    ]),
  );
  return { ...ingress, metadata: { ...ingress.metadata, annotations } };
}
