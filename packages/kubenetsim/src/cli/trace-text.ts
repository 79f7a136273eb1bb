import type { Trace } from "@kubenetsim/core/trace/trace";
import { costModels } from "@kubenetsim/network/cost/model";
import { formatTrace } from "@kubenetsim/network/format/text";
import type { Terminal } from "./terminal.ts";
import { paintTrace } from "./trace-colours.ts";

/** A trace as the commands show it, with the estimate of its mode. */
export function traceText(trace: Trace, terminal: Terminal, verbose = false): string {
  const costModel = costModels[trace.mode === "ipvs" ? "ipvs" : "iptables-nft"];
  const text = formatTrace(trace, { verbose, costModel });
  return terminal.colour ? paintTrace(text) : text;
}
