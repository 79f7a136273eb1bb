import { k8sExternal } from "../kubernetes/k8s-external.ts";
import { kubernetes } from "../kubernetes/kubernetes.ts";
import { acl } from "./acl.ts";
import { any } from "./any.ts";
import { auto } from "./auto.ts";
import { autopath } from "./autopath.ts";
import { bind } from "./bind.ts";
import { bufsize } from "./bufsize.ts";
import { cache } from "./cache/cache.ts";
import { erratic } from "./erratic.ts";
import { errors } from "./errors.ts";
import { file } from "./file/file.ts";
import { forward } from "./forward/forward.ts";
import { header } from "./header.ts";
import { hosts } from "./hosts/hosts.ts";
import { health, prometheus, ready } from "./http-endpoints.ts";
import { loadbalance } from "./loadbalance.ts";
import { local } from "./local.ts";
import { log } from "./log.ts";
import { loop } from "./loop.ts";
import { minimal } from "./minimal.ts";
import type { PluginDefinition } from "./plugin.ts";
import { processSettings } from "./process-settings.ts";
import { reload } from "./reload.ts";
import { rewrite } from "./rewrite/rewrite.ts";
import { template } from "./template/template.ts";
import { transfer } from "./transfer.ts";
import { whoami } from "./whoami.ts";

const definitions: readonly PluginDefinition[] = [
  ...processSettings,
  acl,
  any,
  auto,
  autopath,
  bind,
  bufsize,
  cache,
  erratic,
  errors,
  file,
  forward,
  header,
  health,
  hosts,
  k8sExternal,
  kubernetes,
  loadbalance,
  local,
  log,
  loop,
  minimal,
  prometheus,
  ready,
  reload,
  rewrite,
  template,
  transfer,
  whoami,
];

export type PluginTable = ReadonlyMap<string, PluginDefinition>;

/** The plugins that are modelled, by name. */
export const pluginTable: PluginTable = new Map(definitions.map((definition) => [definition.name, definition]));
