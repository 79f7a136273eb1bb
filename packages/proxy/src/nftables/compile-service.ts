import type { NftCommand } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { isLocalTo } from "../snapshot/endpoint.ts";
import type { ServiceState } from "../snapshot/service-state.ts";
import { CommandList } from "./command-list.ts";
import { writeChains, writeElements } from "./frontend-objects.ts";
import type { LocalhostListener } from "./localhost-listener.ts";
import type { NftablesContext } from "./nftables-context.ts";
import { NftPortPlan } from "./port-plan.ts";
import { writeServiceRules } from "./service-rules.ts";

/** All that one Service adds to the table. */
export interface NftServiceBlock {
  /** `namespace/name`. */
  readonly service: string;
  /** What a sync that finds nothing of the Service writes: chains, elements, sets, rules, in kube-proxy's order. */
  readonly commands: readonly NftCommand[];
  /** Where kube-proxy itself listens for it. */
  readonly listeners: readonly LocalhostListener[];
}

const noListeners: readonly LocalhostListener[] = [];

/** What a Service adds on a node. Nodes that nothing in it tells apart share it. */
export function compileNftService(service: ServiceState, context: NftablesContext): NftServiceBlock {
  if (!isSameOnOtherNodes(service, context)) return writeService(service, context);
  const known = common.get(service);
  if (known?.of === context.common) return known.block;
  const block = writeService(service, context);
  common.set(service, { of: context.common, block });
  return block;
}

/** What a Service comes to on the nodes that have none of its endpoints, with what it was made of besides. */
const common = new WeakMap<ServiceState, { readonly of: string; readonly block: NftServiceBlock }>();

/** Does nothing that it writes hang on the node? An endpoint there is allowed to talk to itself, one for a zone may be that of the node. */
function isSameOnOtherNodes({ isNodeSpecific, ports }: ServiceState, { nodeName }: NftablesContext): boolean {
  if (isNodeSpecific) return false;
  return ports.every(({ endpoints }) =>
    endpoints.every((endpoint) => !isLocalTo(nodeName, endpoint) && endpoint.zoneHints.length === 0),
  );
}

function writeService(service: ServiceState, context: NftablesContext): NftServiceBlock {
  const list = new CommandList();
  const listeners: LocalhostListener[] = [];
  for (const state of service.ports) {
    const plan = new NftPortPlan(state, context);
    writeChains(list, plan, context);
    writeElements(list, plan, context);
    writeServiceRules(list, plan, context);
    listeners.push(...listenersOf(plan, context));
  }
  const { commands } = list;
  return { service: service.key, commands, listeners: listeners.length === 0 ? noListeners : listeners };
}

function listenersOf({ port, endpoints: all }: NftPortPlan, { localhost }: NftablesContext): LocalhostListener[] {
  const endpoints = port.externalPolicyLocal ? all.local : all.cluster;
  if (!localhost.listens || port.protocol !== "TCP" || port.nodePort === 0 || endpoints.length === 0) return [];
  return [{ port: port.nodePort, servicePort: port.name, endpoints, affinitySeconds: port.affinitySeconds }];
}

/** The chains of a Service. */
export function chainsOf({ commands }: NftServiceBlock): string[] {
  return commands.flatMap((command) =>
    command.object === "chain" && command.verb === "add" ? [command.chain.name] : [],
  );
}

export function affinitySetsOf({ commands }: NftServiceBlock): string[] {
  return commands.flatMap((command) => (command.object === "set" && command.verb === "add" ? [command.set.name] : []));
}
