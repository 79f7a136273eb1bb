import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Views } from "@kubenetsim/display/display";
import { traceToJson } from "../format/json.ts";
import { formatTrace } from "../format/text.ts";
import { drawTrace } from "./trace-drawing.ts";

/** How traces are shown. */
export const traceViews: Views<Trace> = { text: (trace) => formatTrace(trace), svg: drawTrace, json: traceToJson };
