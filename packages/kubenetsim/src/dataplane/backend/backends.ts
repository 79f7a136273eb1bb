import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { Backend } from "./backend.ts";
import { iptablesBackend } from "./iptables-backend.ts";
import { ipvsBackend } from "./ipvs-backend.ts";
import { nftablesBackend } from "./nftables-backend.ts";
import { userspaceBackend } from "./userspace-backend.ts";

/** The modes that are modelled. */
export const backends: readonly Backend[] = [iptablesBackend, ipvsBackend, nftablesBackend, userspaceBackend];

/** @throws UnsupportedError for a mode that is not modelled. */
export function backendOf(mode: ProxyMode): Backend {
  const backend = backends.find((candidate) => candidate.mode === mode);
  if (backend === undefined) throw new UnsupportedError(`proxy mode "${mode}"`, "kube-proxy configuration, mode");
  return backend;
}
