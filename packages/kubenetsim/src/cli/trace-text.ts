import type { Trace } from "@kubenetsim/core/trace/trace";
import { formatTrace } from "@kubenetsim/network/format/text";
import type { HttpTrace } from "../http/http-exchange.ts";
import { httpTraceText } from "../http/print/http-trace-text.ts";
import type { Terminal } from "./terminal.ts";
import { paintTrace } from "./trace-colours.ts";

/** A trace as the commands show it, with the estimate of its mode. */
export function traceText(trace: Trace, terminal: Terminal, verbose = false): string {
  const text = formatTrace(trace, { verbose });
  return terminal.colour ? paintTrace(text) : text;
}

/** The same of a request, with all connections that it takes. */
export function requestText(trace: HttpTrace, terminal: Terminal, verbose = false): string {
  const text = httpTraceText(trace, { verbose });
  return terminal.colour ? paintTrace(text) : text;
}
