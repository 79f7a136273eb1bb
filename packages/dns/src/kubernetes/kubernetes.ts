import type { PluginDefinition } from "../plugins/plugin.ts";
import { KubernetesPlugin } from "./kubernetes-plugin.ts";
import { readKubernetesOptions } from "./read-options.ts";

/** Names of Services and Pods (plugin/kubernetes). */
export const kubernetes: PluginDefinition = {
  name: "kubernetes",
  setup: ({ words, zones, surroundings, askSelf }) =>
    new KubernetesPlugin(readKubernetesOptions(words(), zones), { surroundings, askSelf }),
};
