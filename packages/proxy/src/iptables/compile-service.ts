import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { ServiceState } from "../snapshot/service-state.ts";
import { writeEndpointChains } from "./endpoint-chains.ts";
import { writeFrontends } from "./frontend-rules.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { planPort } from "./port-plan.ts";
import type { BlockDraft, ServiceBlock } from "./service-block.ts";
import { writeServiceChains } from "./service-chains.ts";

const none: readonly Rule[] = [];

/** `withComments` is false in a large cluster, where the rules of chains per endpoint go without. */
export function compileService(service: ServiceState, context: IptablesContext, withComments: boolean): ServiceBlock {
  const draft: BlockDraft = {
    natServices: [],
    natNodePorts: [],
    filterServices: [],
    filterExternalServices: [],
    filterNodePorts: [],
    filterFirewall: [],
    chains: [],
  };
  for (const state of service.ports) {
    const plan = planPort(state, context);
    writeFrontends(draft, plan, context);
    const endpointChains = writeEndpointChains(plan, withComments);
    writeServiceChains(draft, plan, context, endpointChains);
    draft.chains.push(...endpointChains.chains);
  }
  return {
    natServices: draft.natServices,
    natNodePorts: orNone(draft.natNodePorts),
    filterServices: orNone(draft.filterServices),
    filterExternalServices: orNone(draft.filterExternalServices),
    filterNodePorts: orNone(draft.filterNodePorts),
    filterFirewall: orNone(draft.filterFirewall),
    chains: draft.chains,
  };
}

/** Most Services add nothing to most chains; they share one empty list. */
function orNone(rules: readonly Rule[]): readonly Rule[] {
  return rules.length === 0 ? none : rules;
}
