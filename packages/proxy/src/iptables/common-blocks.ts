import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { ServiceState } from "../snapshot/service-state.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { type ServiceBlock, serviceBlock } from "./service-block.ts";

type Blocks = WeakMap<ServiceState, ServiceBlock>;

/** By configuration, and by all else that they are made from besides the Service. */
const known = new WeakMap<KubeProxyConfig, Map<string, Blocks>>();

/**
 * The blocks of Services that have none yet. Kube-proxies that know the same Services have those in common which are the same on
 * their nodes, also where others tell the nodes apart. A Service that asks for local endpoints or the node's address has its own.
 */
export function commonBlocks(
  config: KubeProxyConfig,
  context: IptablesContext,
  withComments: boolean,
): (service: ServiceState) => ServiceBlock {
  const { nodeName, nodeIP, nodePorts, zone, ...rest } = context;
  const everywhere = blocksOf(config, JSON.stringify({ ...rest, withComments }));
  const ofZone = blocksOf(config, JSON.stringify({ ...rest, withComments, zone }));
  return (service) => {
    if (service.isNodeSpecific) return serviceBlock(service, context, withComments, undefined);
    const blocks = service.isZoneSpecific ? ofZone : everywhere;
    let block = blocks.get(service);
    if (block === undefined) {
      block = serviceBlock(service, context, withComments, undefined);
      blocks.set(service, block);
    }
    return block;
  };
}

function blocksOf(config: KubeProxyConfig, key: string): Blocks {
  let ofConfig = known.get(config);
  if (ofConfig === undefined) {
    ofConfig = new Map();
    known.set(config, ofConfig);
  }
  let blocks = ofConfig.get(key);
  if (blocks === undefined) {
    blocks = new WeakMap();
    ofConfig.set(key, blocks);
  }
  return blocks;
}
