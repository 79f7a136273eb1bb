import { ParseError } from "@kubenetsim/core/runtime/errors";

interface GivenAnswer {
  readonly status: number;
  readonly headers?: unknown;
  readonly cookies?: unknown;
  readonly body?: unknown;
}

/** What somebody's own function answers, as it has to be before it is sent. @throws ParseError */
export function checkAnswer<Answer extends GivenAnswer>(answer: Answer, who: string): Answer {
  const given: GivenAnswer | undefined | null = answer;
  const hint = { hint: 'an answer is such as { status: 200, headers: { "content-type": "text/plain" }, body: "…" }' };
  if (typeof given !== "object" || given === null) throw new ParseError(`${who} gives no answer`, hint);
  const { status, headers, cookies, body } = given;
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new ParseError(`${who} answers with the status ${JSON.stringify(status)}`, hint);
  }
  const lines = [...headerLines(headers, who), ...cookieLines(cookies, who)];
  const broken = lines.find((line) => typeof line !== "string" || /[\r\n\0]/.test(line));
  if (broken !== undefined) throw new ParseError(`${who} answers with the header ${JSON.stringify(broken)}`, hint);
  if (body !== undefined && typeof body !== "string")
    throw new ParseError(`${who} answers with a body that is no text`);
  return answer;
}

function headerLines(headers: unknown, who: string): unknown[] {
  if (headers === undefined) return [];
  if (typeof headers === "object" && headers !== null && !Array.isArray(headers)) return Object.entries(headers).flat();
  throw new ParseError(`${who} answers with headers that are no object of names and values`);
}

function cookieLines(cookies: unknown, who: string): unknown[] {
  if (cookies === undefined) return [];
  if (Array.isArray(cookies)) return cookies;
  throw new ParseError(`${who} answers with cookies that are no list of texts`);
}
