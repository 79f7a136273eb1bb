import { applyYaml } from "@kubenetsim/core/apiserver/apply";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { CommandResult } from "@kubenetsim/kubectl";
import { RecordedServer } from "../../conformance/cluster/recorded-server.ts";
import type { CommandSequence } from "./command-sequence.ts";

/** What our kubectl answers to a sequence, before our API server and controllers. */
export function ourAnswers({ setup, commands }: CommandSequence): CommandResult[] {
  const context = { random: seededRandom("kubectl"), clock: virtualClock() };
  const text = setup.map((object) => JSON.stringify(object)).join("\n---\n");
  const empty = emptyState({ serviceCIDRs: ["10.96.0.0/12", "fd00:10:96::/112"] });
  const { state } = applyYaml(empty, text, "setup", context);
  const server = new RecordedServer({ path: "", state, cni: "bridge", ...context });
  return commands.map((words) => server.run(words));
}
