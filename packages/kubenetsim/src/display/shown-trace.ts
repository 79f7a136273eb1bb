import { type Displayed, displayAs } from "@kubenetsim/display/display";
import { drawTrace } from "@kubenetsim/network/drawing/trace-drawing";
import { formatTrace } from "@kubenetsim/network/format/text";
import type { HttpTrace } from "../http/http-exchange.ts";
import { httpTraceToJson } from "../http/print/http-trace-json.ts";
import { httpTraceText } from "../http/print/http-trace-text.ts";
import { drawHttpTrace } from "./http-trace-drawing.ts";

/** Lets a trace show itself: a connection's, and a request's once something was said on it. */
export const shownTrace: <T extends HttpTrace>(trace: T) => T & Displayed = displayAs<HttpTrace>({
  text: (trace) => (isRequest(trace) ? httpTraceText(trace) : formatTrace(trace)),
  svg: (trace) => (isRequest(trace) ? drawHttpTrace(trace) : drawTrace(trace)),
  json: httpTraceToJson,
});

function isRequest({ http, redirects }: HttpTrace): boolean {
  return http !== undefined || redirects !== undefined;
}
