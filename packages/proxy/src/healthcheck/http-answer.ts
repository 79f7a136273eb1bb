/** What an HTTP server of kube-proxy answers to a GET. */
export interface HttpAnswer {
  readonly status: number;
  /** In the order in which they are sent, but for Date and Content-Length, which come after them. */
  readonly headers: readonly (readonly [string, string])[];
  /** ASCII, as the names of objects are. */
  readonly body: string;
}

/** What Go's router answers on a path that it does not know. */
export const notFound: HttpAnswer = {
  status: 404,
  headers: [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["X-Content-Type-Options", "nosniff"],
  ],
  body: "404 page not found\n",
};

const reasons: Readonly<Record<number, string>> = { 200: "OK", 404: "Not Found", 503: "Service Unavailable" };

/** The bytes of an answer as Go's server writes them, with line feeds alone; `date` in the form of RFC 7231. */
export function printHttpAnswer({ status, headers, body }: HttpAnswer, date: string): string {
  const all = [...headers, ["Date", date], ["Content-Length", String(body.length)]];
  return `HTTP/1.1 ${status} ${reasons[status] ?? ""}\n${all.map(([name, value]) => `${name}: ${value}\n`).join("")}\n${body}`;
}

export function jsonAnswer(
  status: number,
  body: string,
  more: readonly (readonly [string, string])[] = [],
): HttpAnswer {
  return {
    status,
    headers: [["Content-Type", "application/json"], ["X-Content-Type-Options", "nosniff"], ...more],
    body,
  };
}
