import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { RestAnswer, RestWatch } from "@kubenetsim/core/apiserver/rest/request";
import { failure } from "../command-error.ts";
import type { KubectlHost } from "../host.ts";
import { ServerError } from "./server-error.ts";

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
}

/** Asks the API server as kubectl does. */
export class RestClient {
  readonly #host: KubectlHost;
  readonly #warn: (warning: string) => void;

  constructor(host: KubectlHost, warn: (warning: string) => void) {
    this.#host = host;
    this.#warn = warn;
  }

  /** @throws ServerError when the server refuses */
  ask(method: string, path: string, options: RequestOptions = {}): PlainObject {
    const answer = this.answer(method, path, options);
    const { body, code, contentType } = answer;
    const object = typeof body === "string" && contentType === "application/json" ? JSON.parse(body) : body;
    if (typeof object === "string") throw unexpected(code, contentType);
    if (code >= 400) throw new ServerError(object);
    return object;
  }

  /** JSON of whatever content type: OpenAPI comes as text. @throws ServerError when the server refuses */
  document(path: string, query: RequestOptions["query"] = {}): PlainObject {
    const { body, code, contentType } = this.answer("GET", path, { query });
    if (code >= 400) throw typeof body === "string" ? unexpected(code, contentType) : new ServerError(body);
    return typeof body === "string" ? (JSON.parse(body) as PlainObject) : body;
  }

  /** The whole answer, refusal or not. */
  answer(method: string, path: string, options: RequestOptions = {}): RestAnswer {
    const response = this.#send(method, path, options);
    if (response.kind === "watch") throw failure(`${path} is a watch`);
    return response;
  }

  /** @throws ServerError when the server refuses */
  watch(path: string, query: RequestOptions["query"], accept?: string): RestWatch {
    const response = this.#send("GET", path, { query: { ...query, watch: "true" }, ...(accept && { accept }) });
    if (response.kind === "watch") return response;
    throw new ServerError(response.body as PlainObject);
  }

  #send(method: string, path: string, { query = {}, body, contentType, accept }: RequestOptions) {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const headers = {
      "user-agent": "kubectl/v1.37.2",
      accept: accept ?? "application/json",
      ...(body === undefined ? {} : { "content-type": contentType ?? "application/json" }),
    };
    const request = { method, path, query: new Map(given), headers, ...(body === undefined ? {} : { body }) };
    const response = this.#host.handle(request);
    for (const warning of response.warnings) this.#warn(warning);
    return response;
  }
}

/** An answer that is no object (apimachinery, errors.NewGenericServerResponse). */
export function unexpected(code: number, contentType: string): Error {
  if (code === 404) {
    return new ServerError({ reason: "NotFound", message: "the server could not find the requested resource" });
  }
  return failure(`the server answered ${contentType}`);
}
