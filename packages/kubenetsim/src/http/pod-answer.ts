import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { writtenHeaderName } from "@kubenetsim/ingress/http/http-headers";
import type { SentRequest } from "./http-exchange.ts";

/** A request as it comes to a Pod. */
export interface PodRequest extends SentRequest {
  /** The TCP peer. */
  readonly clientAddress: string;
  /** The Pod's own port. */
  readonly port: number;
  readonly nowMs: number;
}

/** What a Pod answers. */
export interface PodAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of Set-Cookie. */
  readonly cookies?: readonly string[];
  readonly body?: string;
  /** Milliseconds until it answers; 0 unless given. */
  readonly tookMs?: number;
}

/**
 * What runs in the Pods, as far as it answers HTTP: a function of the Pod's namespace/name and the request. undefined leaves it to the
 * usual answer.
 */
export type AnswerOfPod = (pod: ObjectKey, request: PodRequest) => PodAnswer | undefined;

export interface HttpOptions {
  /** 200 with a body that names the Pod and what it saw, unless given. */
  readonly answer?: AnswerOfPod;
}

/** The Pod's name, and the request as it came. */
export function usualAnswer(pod: ObjectKey, { method, target, host, headers, clientAddress }: PodRequest): PodAnswer {
  const lines = [
    `pod ${pod}, asked by ${clientAddress}`,
    `${method} ${target}`,
    ...(host === undefined ? [] : [`Host: ${host}`]),
    ...Object.entries(headers).map(([name, value]) => `${writtenHeaderName(name)}: ${value}`),
  ];
  return { status: 200, headers: { "content-type": "text/plain" }, body: `${lines.join("\n")}\n` };
}
