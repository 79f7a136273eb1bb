import { writtenHeaderName } from "@kubenetsim/ingress/http/http-headers";
import type { HttpResponse, HttpTrace } from "../http-exchange.ts";

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Moved Temporarily",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Not Allowed",
  406: "Not Acceptable",
  408: "Request Time-out",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Request Entity Too Large",
  414: "Request-URI Too Large",
  415: "Unsupported Media Type",
  416: "Requested Range Not Satisfiable",
  421: "Misdirected Request",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};

/** As Go's servers call what nginx calls otherwise. */
const goReasons: Readonly<Record<number, string>> = { 503: "Service Unavailable" };

/** The lines of an answer's head: `HTTP/1.1 200 OK`, `Date: …`. */
export function headLines({ http }: HttpTrace): string[] {
  const { response, server = "", tls } = http!;
  const { status } = response!;
  if (tls?.protocol === "h2") return [`HTTP/2 ${status} `, ...headerLines(response!, (name) => name)];
  const isGo = server.startsWith("kube-");
  const reason = (isGo ? goReasons[status] : undefined) ?? reasons[status] ?? "";
  const own = { connection: "keep-alive" };
  const headers = isGo ? response!.headers : insertConnection(response!.headers, own);
  return [`HTTP/1.1 ${status} ${reason}`, ...headerLines({ ...response!, headers }, writtenHeaderName)];
}

/** nginx says after the length of the body whether the connection stays. */
function insertConnection(
  headers: Readonly<Record<string, string>>,
  usual: { readonly connection: string },
): Record<string, string> {
  const { date, "content-type": type, "content-length": length, connection = usual.connection, ...rest } = headers;
  return {
    ...(date !== undefined && { date }),
    ...(type !== undefined && { "content-type": type }),
    ...(length !== undefined && { "content-length": length }),
    connection,
    ...rest,
  };
}

/** Cookies stand behind what every answer has. */
function headerLines({ headers, cookies }: HttpResponse, written: (name: string) => string): string[] {
  const first = new Set(["date", "content-type", "content-length", "connection"]);
  const line = ([name, value]: readonly [string, string]): string => `${written(name)}: ${value}`;
  const entries = Object.entries(headers);
  return [
    ...entries.filter(([name]) => first.has(name)).map(line),
    ...cookies.map((value) => line(["set-cookie", value])),
    ...entries.filter(([name]) => !first.has(name)).map(line),
  ];
}

/** As `-i` prints it; `-f` stops before the empty line. Lines end in line feeds alone. */
export function headText(trace: HttpTrace, { isCut }: { readonly isCut: boolean }): string {
  return `${headLines(trace).join("\n")}\n${isCut ? "" : "\n"}`;
}
