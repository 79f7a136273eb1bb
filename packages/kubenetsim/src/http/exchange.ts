import type { HttpStep } from "@kubenetsim/ingress/http/http-step";
import type { PositionOf } from "../explain/source-positions.ts";
import type { Conversation } from "./conversation.ts";
import type { HttpExchange, SentRequest } from "./http-exchange.ts";

/** What was said on a connection. Texts of steps and their places in the user's text are made when they are read. */
export function exchangeOf(request: SentRequest, conversation: Conversation, positionOf: PositionOf): HttpExchange {
  const { tls, server, steps = [], forwarded = [], response, failure, tookMs = 0 } = conversation;
  return {
    request,
    tls,
    server,
    get steps() {
      return steps.map((step) => located(step, positionOf));
    },
    forwarded,
    response,
    failure,
    tookMs,
  };
}

function located({ phase, text, origin }: HttpStep, positionOf: PositionOf): HttpStep {
  if (origin === undefined) return { phase, text };
  const position = positionOf(origin);
  return { phase, text, origin: position === undefined ? origin : { ...origin, position } };
}

/** The same, but that the client gave up. */
export function givenUp(
  exchange: HttpExchange,
  change: Partial<Pick<HttpExchange, "response" | "failure" | "tookMs">>,
): HttpExchange {
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(exchange),
      ...Object.getOwnPropertyDescriptors(change),
    },
  ) as HttpExchange;
}
