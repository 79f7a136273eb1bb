import type { HttpAnswer } from "../../http/http-message.ts";

/** Titles of nginx's own pages (src/http/ngx_http_special_response.c). */
const titles: Readonly<Record<number, string>> = {
  301: "301 Moved Permanently",
  302: "302 Found",
  303: "303 See Other",
  307: "307 Temporary Redirect",
  308: "308 Permanent Redirect",
  400: "400 Bad Request",
  401: "401 Authorization Required",
  402: "402 Payment Required",
  403: "403 Forbidden",
  404: "404 Not Found",
  405: "405 Not Allowed",
  406: "406 Not Acceptable",
  408: "408 Request Time-out",
  409: "409 Conflict",
  410: "410 Gone",
  411: "411 Length Required",
  412: "412 Precondition Failed",
  413: "413 Request Entity Too Large",
  414: "414 Request-URI Too Large",
  415: "415 Unsupported Media Type",
  416: "416 Requested Range Not Satisfiable",
  421: "421 Misdirected Request",
  429: "429 Too Many Requests",
  500: "500 Internal Server Error",
  501: "501 Not Implemented",
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
  505: "505 HTTP Version Not Supported",
  507: "507 Insufficient Storage",
};

/** After these nginx closes the connection. */
const closing: ReadonlySet<number> = new Set([400, 413, 414, 500, 501]);

const pages = new Map<number, OwnPage>();

/** What nginx answers by itself, with `server_tokens off`. */
export interface OwnPage {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** nginx's page for a status; one that it has no page for is answered without a body. */
export function ownPage(status: number): OwnPage {
  let page = pages.get(status);
  if (page === undefined) {
    page = pageOf(status);
    pages.set(status, page);
  }
  return page;
}

function pageOf(status: number): OwnPage {
  const title = titles[status];
  if (title === undefined) return { body: "", headers: {} };
  const headers = { "content-type": "text/html", ...(closing.has(status) && { connection: "close" }) };
  return { body: html(title, title), headers };
}

/** 497, which the client sees as 400: what is spoken in the clear to a port of https. */
export const plainOnHttps: HttpAnswer = {
  status: 400,
  headers: { "content-type": "text/html", connection: "close" },
  cookies: [],
  body: html(
    "400 The plain HTTP request was sent to HTTPS port",
    "400 Bad Request",
    "The plain HTTP request was sent to HTTPS port",
  ),
  upstream: undefined,
  certificate: undefined,
  steps: [{ phase: "read", text: "400: a request in the clear, on the port of https" }],
};

/** 496 and 495, which the client sees as 400: a client's certificate that is missing, or wrong. */
export const missingCertificatePage: OwnPage = {
  body: html("400 No required SSL certificate was sent", "400 Bad Request", "No required SSL certificate was sent"),
  headers: { "content-type": "text/html", connection: "close" },
};

export const wrongCertificatePage: OwnPage = {
  body: html("400 The SSL certificate error", "400 Bad Request", "The SSL certificate error"),
  headers: { "content-type": "text/html", connection: "close" },
};

function html(title: string, heading: string, more?: string): string {
  const lines = [
    "<html>",
    `<head><title>${title}</title></head>`,
    "<body>",
    `<center><h1>${heading}</h1></center>`,
    ...(more === undefined ? [] : [`<center>${more}</center>`]),
    "<hr><center>nginx</center>",
    "</body>",
    "</html>",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
