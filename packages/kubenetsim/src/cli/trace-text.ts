import type { Trace } from "@kubenetsim/core/trace/trace";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { formatTrace } from "@kubenetsim/network/format/text";
import type { HttpTrace } from "../http/http-exchange.ts";
import { httpTraceText } from "../http/print/http-trace-text.ts";
import type { Terminal } from "./terminal.ts";
import { paintTrace } from "./trace-colours.ts";

export interface ShownText {
  readonly verbose?: boolean;
  /** Whose constants the estimate uses; unless given, those that fit the mode. */
  readonly costModel?: CostModel;
}

/** A trace as the commands show it. */
export function traceText(trace: Trace, terminal: Terminal, options: ShownText = {}): string {
  const text = formatTrace(trace, options);
  return terminal.colour ? paintTrace(text) : text;
}

/** The same of a request, with all connections that it takes. */
export function requestText(trace: HttpTrace, terminal: Terminal, options: ShownText = {}): string {
  const text = httpTraceText(trace, options);
  return terminal.colour ? paintTrace(text) : text;
}
