import { existsSync } from "node:fs";
import { join } from "node:path";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { Service } from "@kubenetsim/core/model/service";
import { typeCommands } from "./commands-check.ts";
import { RecordedServer } from "./recorded-server.ts";
import type { Scenario } from "./scenario.ts";

/**
 * A scenario after its recorded commands: some nodes' rules were recorded behind them. Where the API server drew an address
 * for a Service that a command made, it is the one that the recorded rules name. Undefined for a scenario without commands.
 */
export function afterCommands(scenario: Scenario, rules: string): Scenario | undefined {
  if (!existsSync(join(scenario.path, "expected/commands.txt"))) return undefined;
  const server = new RecordedServer(scenario);
  typeCommands(server, join(scenario.path, "expected/commands.txt"));
  let { state } = server;
  for (const service of state.tables.Service) {
    const { namespace, name } = service.metadata;
    if (scenario.state.tables.Service.has(`${namespace}/${name}`)) continue;
    const drawn = addressInRules(rules, `${namespace}/${name}:`);
    if (drawn !== undefined) state = putObject(state, withAddress(service, drawn)).state;
  }
  return { ...scenario, state };
}

/** The address beside a comment, in iptables and in nft. */
function addressInRules(rules: string, comment: string): string | undefined {
  const line = rules.split("\n").find((one) => one.includes(`"${comment}`));
  return line?.match(/\b\d+\.\d+\.\d+\.\d+\b/)?.[0];
}

function withAddress(service: Service, address: string): Service {
  return { ...service, spec: { ...service.spec, clusterIP: address, clusterIPs: [address] } };
}
