import type { ManifestDocument } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { KubeProxyConfig, ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { startRefusal } from "@kubenetsim/proxy/userspace/start-refusal";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { backends } from "./backend/backends.ts";

export const modelledModes: readonly ProxyMode[] = backends.map(({ mode }) => mode);

/**
 * Is what kube-proxy is configured to do modelled? `document` is where the configuration stands, if in a text.
 *
 * @throws ParseError for what keeps userspace mode from starting
 * @throws UnsupportedError with the position of the mode or the scheduler that is not
 */
export function requireModelled(config: KubeProxyConfig, document?: ManifestDocument): void {
  const { mode, ipvs } = config;
  if (!modelledModes.includes(mode)) {
    const where = `mode of kube-proxy's configuration; modelled are ${modelledModes.join(", ")}`;
    throw new UnsupportedError(`kube-proxy's mode "${mode}"`, where, document?.positionOf(["mode"]));
  }
  const refusal = mode === "userspace" ? startRefusal(config) : undefined;
  if (refusal !== undefined) {
    const position = document?.positionOf([refusal.field]);
    throw new ParseError(`kube-proxy cannot start: ${refusal.message}`, position === undefined ? {} : { position });
  }
  if (isModelled(config)) return;
  const where = `ipvs.scheduler of kube-proxy's configuration; modelled are ${Object.keys(ipvsSchedulers).join(", ")}`;
  throw new UnsupportedError(
    `the IPVS scheduler "${ipvs.scheduler}"`,
    where,
    document?.positionOf(["ipvs", "scheduler"]),
  );
}

export function isModelled(config: KubeProxyConfig): boolean {
  const { mode, ipvs } = config;
  if (mode === "userspace") return startRefusal(config) === undefined;
  const knowsScheduler = mode !== "ipvs" || ipvs.scheduler === "" || Object.hasOwn(ipvsSchedulers, ipvs.scheduler);
  return modelledModes.includes(mode) && knowsScheduler;
}
