import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import { type ControllerLog, quoted } from "../../controller-log.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { noSuchObject } from "./service-endpoints.ts";

/** Headers that nginx's file has for all locations; values may hold nginx's variables. */
export interface FileHeaders {
  /** Of the ConfigMap that `add-headers` names: for clients. */
  readonly added: Readonly<Record<string, string>>;
  /** Of the ConfigMap that `proxy-set-headers` names: for endpoints. */
  readonly set: Readonly<Record<string, string>>;
}

export const noHeaders: FileHeaders = { added: {}, set: {} };

/** They are read when the file is written, and a change of them alone writes none (internal/ingress/controller/nginx.go `generateTemplate`). */
export function fileHeaders(
  { addHeaders, proxySetHeaders }: NginxSettings,
  configMapOf: (key: string) => ConfigMap | undefined,
  log: ControllerLog,
): FileHeaders {
  const read = (key: string, line: number): Readonly<Record<string, string>> => {
    if (key === "") return {};
    const found = configMapOf(key);
    if (found !== undefined) return sortedByName(found.data ?? {});
    log.warn(`nginx.go:${line}`, `Error reading ConfigMap ${quoted(key)} from local store: ${noSuchObject(key)}`);
    return {};
  };
  return { set: read(proxySetHeaders, 560), added: read(addHeaders, 570) };
}

function sortedByName(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
