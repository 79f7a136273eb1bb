import type { HttpAnswer } from "../../http/http-message.ts";
import type { Configuration } from "../model/configuration.ts";
import type { RequestContext } from "./request-context.ts";
import { variableText } from "./variable-text.ts";

type Dressed = Pick<HttpAnswer, "headers" | "cookies">;

/**
 * An answer with the headers of `add-headers`, which stand in the place of others of their names (the template's `more_set_headers` in
 * the http block); an empty one takes them away, and nginx's own name is never told.
 */
export function withAddedHeaders<T extends Dressed>(answer: T, { headers }: Configuration, context: RequestContext): T {
  if (headers === undefined) return answer;
  const added = Object.entries(headers.added);
  if (added.length === 0) return answer;
  const told: Record<string, string> = { ...answer.headers };
  let { cookies } = answer;
  for (const [written, text] of added) {
    const name = written.toLowerCase();
    const value = variableText(context, text, "");
    if (name === "set-cookie") cookies = value === "" ? [] : [value];
    else if (value === "" || name === "server") delete told[name];
    else told[name] = value;
  }
  return { ...answer, headers: told, cookies };
}
