import type { Namespace } from "../../model/namespace.ts";
import { dnsLabel } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

export const namespaceRules: KindRules<Namespace> = {
  checkName: dnsLabel,
  setDefaults: (namespace) => {
    const { name, labels } = namespace.metadata;
    // One that is to be named has its label when it has its name.
    if (name) namespace.metadata.labels = { ...labels, "kubernetes.io/metadata.name": name };
  },
  prepare: (_state, namespace, before) => {
    const finalizers = namespace.spec?.finalizers ?? [...(before?.spec?.finalizers ?? [])];
    // A new one is emptied before it goes, whatever else holds it.
    const isHeld = before !== undefined || finalizers.includes("kubernetes");
    namespace.spec = { finalizers: isHeld ? finalizers : [...finalizers, "kubernetes"] };
    namespace.status ??= { phase: "Active" };
  },
  validate: () => [],
};
