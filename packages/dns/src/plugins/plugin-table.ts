import { kubernetes } from "../kubernetes/kubernetes.ts";
import type { PluginDefinition } from "./plugin.ts";

const definitions: readonly PluginDefinition[] = [kubernetes];

export type PluginTable = ReadonlyMap<string, PluginDefinition>;

/** The plugins that are modelled, by name. */
export const pluginTable: PluginTable = new Map(definitions.map((definition) => [definition.name, definition]));
