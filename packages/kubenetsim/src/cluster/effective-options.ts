import { type Cidr, parseCidr } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { defaultLoadBalancerRange } from "../cloud/address-pool.ts";
import { checkLoadBalancers } from "../cloud/check-load-balancers.ts";
import type { CloudSettings } from "../cloud/service-controller.ts";
import { requireModelled } from "../dataplane/modelled-config.ts";
import { checkOptionTypes } from "./check-options.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import type { ControlPlane } from "./control-plane.ts";
import { readKubeProxyOption, validateKubeProxyOption } from "./kube-proxy-option.ts";

/** kube-proxy's configuration before any text says otherwise. */
export function proxyConfig({ kubeProxy, proxyMode }: ClusterOptions): KubeProxyConfig {
  const config = readKubeProxyOption(kubeProxy);
  return proxyMode === undefined ? config : { ...config, mode: proxyMode, modeIsDefault: false };
}

/**
 * The mode that the options insist on, whatever a configuration among the texts says with which the cluster begins. What is
 * configured later counts as it stands.
 */
export function withMode(control: ControlPlane, { proxyMode }: ClusterOptions): ControlPlane {
  const hasBegun = control.settled !== undefined;
  if (proxyMode === undefined || hasBegun || control.config.mode === proxyMode) return control;
  return { ...control, config: { ...control.config, mode: proxyMode, modeIsDefault: false } };
}

/**
 * Tells of options that cannot be before anything is made of them. `entryNode` may name a Node that comes with a text.
 *
 * @throws ParseError, StatusError, UnsupportedError
 */
export function checkOptions(options: ClusterOptions): void {
  checkOptionTypes(options);
  checkLoadBalancers(options);
  cloudSettings(options);
  requireModelled(proxyConfig(options));
  if (options.kubeProxy?.mode !== undefined) requireModelled({ ...proxyConfig(options), mode: options.kubeProxy.mode });
  validateKubeProxyOption(proxyConfig(options));
}

/** What the service controller of the cloud goes by; undefined when there is no cloud. @throws ParseError */
export function cloudSettings(options: ClusterOptions): CloudSettings | undefined {
  const range = loadBalancerCidr(options);
  if (range === undefined) return undefined;
  const { loadBalancerMode = "vip", loadBalancers = [] } = options;
  const taken = loadBalancers.flatMap(({ addresses }) => addresses);
  return { range, ipMode: loadBalancerMode === "vip" ? "VIP" : "Proxy", taken };
}

/** @throws ParseError */
function loadBalancerCidr({ loadBalancerRange = defaultLoadBalancerRange }: ClusterOptions): Cidr | undefined {
  if (loadBalancerRange === false) return undefined;
  const range = parseCidr(loadBalancerRange);
  if (range === undefined) {
    throw new ParseError(`"${loadBalancerRange}" is not a CIDR`, {
      hint: "loadBalancerRange takes e.g. 203.0.113.0/24",
    });
  }
  return range;
}
