import type { Namespace } from "../../model/namespace.ts";
import { dnsLabel } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

export const namespaceRules: KindRules<Namespace> = {
  checkName: dnsLabel,
  setDefaults: (namespace) => {
    namespace.metadata.labels = {
      ...namespace.metadata.labels,
      "kubernetes.io/metadata.name": namespace.metadata.name,
    };
  },
  prepare: (_state, namespace, before) => {
    namespace.spec = { finalizers: namespace.spec?.finalizers ?? [...(before?.spec?.finalizers ?? ["kubernetes"])] };
    namespace.status ??= { phase: "Active" };
  },
  validate: () => [],
};
