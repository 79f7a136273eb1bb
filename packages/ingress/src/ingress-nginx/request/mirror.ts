import { parseAddress } from "@kubenetsim/core/net/address";
import type { Location } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import type { LocationSurroundings } from "./answer-at-location.ts";
import { annotatedStep } from "./explain/phase-steps.ts";
import { hashKey } from "./hash-key.ts";
import type { RequestContext } from "./request-context.ts";

/** Sends a copy of a request to the target of `mirror-target`; nobody waits for what is answered. */
export function mirror(context: RequestContext, location: Location, around: LocationSurroundings): void {
  const { source, target, host, requestBody } = location.annotations.mirror;
  if (source === "" || target === "" || host === "") return;
  const url = hashKey(context, target);
  const parts = /^(https?):\/\/(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^#]*)/.exec(url);
  const [, scheme = "http", name = "", port, rest = ""] = parts ?? [];
  const plain = name.replace(/^\[|\]$/g, "");
  const [address] = parseAddress(plain) === undefined ? around.resolve(plain) : [plain];
  const told = address === undefined || parts === null ? `${url}: nobody has that name` : url;
  context.steps.push(annotatedStep("mirror", location, ["mirror-target"], `a copy goes to ${told}`));
  if (address === undefined || parts === null) return;
  const isTls = scheme === "https";
  const { request, headers } = context;
  around.send({
    endpoint: formatEndpoint({ address, port: Number(port ?? (isTls ? 443 : 80)) }),
    method: request.method,
    url: rest === "" ? request.target : rest,
    headers: { ...headers, host, connection: "close" },
    bodyBytes: requestBody === "on" ? request.bodyBytes : 0,
    isTls,
  });
}
