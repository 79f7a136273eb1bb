import type { HttpStep } from "@kubenetsim/ingress/http/http-step";
import type { PositionOf } from "../explain/source-positions.ts";
import type { Conversation } from "./conversation.ts";
import type { HttpExchange, SentRequest } from "./http-exchange.ts";

/** What was said on a connection. Texts of steps and their places in the user's text are made when they are read. */
export class Exchange implements HttpExchange {
  readonly request: SentRequest;
  readonly #conversation: Conversation;
  readonly #positionOf: PositionOf;

  constructor(request: SentRequest, conversation: Conversation, positionOf: PositionOf) {
    this.request = request;
    this.#conversation = conversation;
    this.#positionOf = positionOf;
  }

  get tls(): HttpExchange["tls"] {
    return this.#conversation.tls;
  }

  get server(): HttpExchange["server"] {
    return this.#conversation.server;
  }

  get forwarded(): HttpExchange["forwarded"] {
    return this.#conversation.forwarded ?? [];
  }

  get response(): HttpExchange["response"] {
    return this.#conversation.response;
  }

  get failure(): HttpExchange["failure"] {
    return this.#conversation.failure;
  }

  get tookMs(): number {
    return this.#conversation.tookMs ?? 0;
  }

  get steps(): readonly HttpStep[] {
    return (this.#conversation.steps ?? []).map(({ phase, text, origin }) => {
      if (origin === undefined) return { phase, text };
      const position = this.#positionOf(origin);
      return { phase, text, origin: position === undefined ? origin : { ...origin, position } };
    });
  }

  /** The same, but that the client gave up. */
  but(change: Pick<Conversation, "response" | "failure" | "tookMs">): Exchange {
    return new Exchange(this.request, { ...this.#conversation, ...change }, this.#positionOf);
  }
}
