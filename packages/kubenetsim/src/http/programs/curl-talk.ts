import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import { writtenHeaderName } from "@kubenetsim/ingress/http/http-headers";
import { httpDate } from "@kubenetsim/proxy/healthcheck/http-date";
import type { ConnectionTarget } from "../connection-target.ts";
import type { CurlOptions } from "../curl-options.ts";
import type { HttpFailure, HttpTrace, TlsSession } from "../http-exchange.ts";
import { type HttpUrl, urlText } from "../http-url.ts";
import type { CurlArguments } from "./curl-arguments.ts";
import { headLines } from "./curl-response.ts";

/** A request that was sent, or that no connection was found for. */
export interface Talked {
  readonly url: HttpUrl;
  readonly trace: HttpTrace;
  /** curl counts its connections from 0. */
  readonly number: number;
  /** The address was known from `--resolve`. */
  readonly isCached: boolean;
  /** The connection is that of an earlier request. */
  readonly isKept: boolean;
  readonly target: ConnectionTarget;
  readonly failure: HttpFailure | undefined;
  readonly options: CurlOptions;
}

/** What `-v` tells of a transfer. Where curl prints places in its memory, these are 0. */
export class CurlTalk {
  text = "";
  readonly #args: CurlArguments;
  #number = 0;
  #host = "";

  /** Of the first URL, or of a later one: then what `--resolve` says is kept anew. */
  constructor(args: CurlArguments, urlNumber: number) {
    this.#args = args;
    for (const entry of args.values("resolve")) {
      const place = entry.split(":").slice(0, 2).join(":");
      if (urlNumber > 0) this.note(`RESOLVE ${place} is - old addresses discarded`);
      this.note(`Added ${entry} to DNS cache`);
    }
  }

  note(text: string): void {
    this.#line("*", text);
  }

  unresolved(message: string, number: number): void {
    this.note(message);
    this.note(`Closing connection ${number}`);
  }

  asked({ url, trace, number, isCached, isKept, target, failure, options }: Talked): void {
    this.#number = number;
    this.#host = target.host;
    const { sent } = trace;
    if (isKept) {
      this.note("Found bundle for host: 0x0 [serially]");
      this.note("Can not multiplex, even if we wanted to");
      this.note(`Re-using existing connection #${number} with host ${target.host}`);
    } else {
      if (isCached) this.note(`Hostname ${target.host} was found in DNS cache`);
      const address = sent.destination.includes(":") ? `[${sent.destination}]` : sent.destination;
      this.note(`  Trying ${address}:${sent.destinationPort}...`);
      if (outcomeOf(trace.disposition) !== "ok") {
        this.#unconnected(trace, failure!);
        return;
      }
      this.note(`Connected to ${target.host} (${sent.destination}) port ${sent.destinationPort} (#${number})`);
    }
    if (url.scheme === "https" && !isKept) this.#handshake(trace, failure);
    if (trace.http?.response === undefined && failure !== undefined && failure.code !== 52 && failure.code !== 28)
      return;
    this.#request(trace, options);
    if (trace.http?.response === undefined) return;
    for (const line of headLines(trace)) this.#line("<", line);
  }

  ended(
    trace: HttpTrace,
    { failure, isFollowed }: { readonly failure: HttpFailure | undefined; readonly isFollowed: boolean },
  ): void {
    if (outcomeOf(trace.disposition) !== "ok") {
      this.note(`Closing connection ${this.#number}`);
      return;
    }
    const { response } = trace.http ?? {};
    if (failure !== undefined) {
      if (failure.code !== 60) this.note(failure.message);
      this.note(`Closing connection ${this.#number}`);
      return;
    }
    this.#line("<", "");
    if (isFollowed) this.note("Ignoring the response-body");
    const closes = response?.headers.connection === "close";
    if (closes) this.note(`Closing connection ${this.#number}`);
    else this.note(`Connection #${this.#number} to host ${this.#host} left intact`);
  }

  followed(from: HttpUrl, to: HttpUrl): void {
    if (from.port !== to.port) this.note(`Clear auth, redirects to port from ${from.port} to ${to.port}`);
    this.note(`Issue another request to this URL: '${urlText(to)}'`);
  }

  #line(mark: string, text: string): void {
    if (this.#args.has("verbose")) this.text += `${mark} ${text}\n`;
  }

  #unconnected(trace: HttpTrace, { message, code }: HttpFailure): void {
    const { destination, destinationPort } = trace.sent;
    if (code === 7) this.note(`connect to ${destination} port ${destinationPort} failed: Connection refused`);
    else if (message.endsWith("Couldn't connect to server")) {
      this.note(`connect to ${destination} port ${destinationPort} failed: Connection timed out`);
    }
    this.note(message);
  }

  #handshake({ http }: HttpTrace, failure: HttpFailure | undefined): void {
    this.note("ALPN: offers h2,http/1.1");
    this.note("TLSv1.3 (OUT), TLS handshake, Client hello (1):");
    const isInsecure = this.#args.has("insecure");
    if (!isInsecure) {
      this.note(` CAfile: ${this.#args.value("cacert") ?? "/etc/ssl/certs/ca-certificates.crt"}`);
      this.note(" CApath: /etc/ssl/certs");
    }
    const tls = http?.tls;
    if (tls === undefined) return;
    if (tls.certificate === undefined) {
      this.note("TLSv1.3 (IN), TLS alert, unrecognized name (624):");
      return;
    }
    for (const each of ["Server hello (2)", "Encrypted Extensions (8)", "Certificate (11)"]) {
      this.note(`TLSv1.3 (IN), TLS handshake, ${each}:`);
    }
    const isUntrusted = tls.problem?.startsWith("SSL certificate problem") === true;
    if (isUntrusted && !isInsecure) {
      this.note("TLSv1.3 (OUT), TLS alert, unknown CA (560):");
      this.note(tls.problem!);
      return;
    }
    for (const each of ["(IN), TLS handshake, CERT verify (15)", "(IN), TLS handshake, Finished (20)"]) {
      this.note(`TLSv1.3 ${each}:`);
    }
    this.note("TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1):");
    this.note("TLSv1.3 (OUT), TLS handshake, Finished (20):");
    this.note("SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384");
    this.note(`ALPN: server accepted ${tls.protocol}`);
    this.#certificate(tls, { isInsecure, failure });
  }

  #certificate(
    { certificate, problem, serverName }: TlsSession,
    { isInsecure, failure }: { readonly isInsecure: boolean; readonly failure: HttpFailure | undefined },
  ): void {
    const { subject, issuer, notBeforeMs, notAfterMs } = certificate!;
    this.note("Server certificate:");
    this.note(` subject: ${subject}`);
    this.note(` start date: ${certificateDate(notBeforeMs)}`);
    this.note(` expire date: ${certificateDate(notAfterMs)}`);
    if (failure?.code === 60) {
      this.note(` subjectAltName does not match ${serverName}`);
      this.note(failure.message);
      return;
    }
    if (!isInsecure && serverName !== undefined) {
      const pattern = certificate!.alternativeNames?.dnsNames.find((name) => fits(name, serverName));
      if (pattern !== undefined) this.note(` subjectAltName: host "${serverName}" matched cert's "${pattern}"`);
    }
    this.note(` issuer: ${issuer}`);
    const untrusted = problem?.replace(/^SSL certificate problem: /, "");
    const isChain = problem !== undefined && untrusted !== problem;
    this.note(
      isChain
        ? ` SSL certificate verify result: ${untrusted} (${verifyCodes[untrusted!] ?? 20}), continuing anyway.`
        : " SSL certificate verify ok.",
    );
  }

  #request({ http }: HttpTrace, { headers: custom = {} }: CurlOptions): void {
    const { method, target, host, headers, scheme } = http!.request;
    const isH2 = http!.tls?.protocol === "h2";
    const user = this.#args.value("user");
    if (isH2) {
      this.note("using HTTP/2");
      const pseudo = [`:method: ${method}`, `:path: ${target}`, `:scheme: ${scheme}`, `:authority: ${host}`];
      for (const line of [...pseudo, ...Object.entries(headers).map((pair) => pair.join(": "))]) {
        this.note(`h2h3 [${line}]`);
      }
      this.note("Using Stream ID: 1 (easy handle 0x0)");
    }
    if (user !== undefined) this.note(`Server auth using Basic with user '${user.split(":")[0]}'`);
    this.#line(">", `${method} ${target} HTTP/${isH2 ? "2" : "1.1"}`);
    if (host !== undefined) this.#line(">", this.#typed("host") ?? `Host: ${host}`);
    for (const [name, value] of Object.entries(headers)) {
      const typed = name in custom ? this.#typed(name) : undefined;
      this.#line(">", typed ?? `${isH2 ? name : writtenHeaderName(name)}: ${value}`);
    }
    this.#line(">", "");
    if (!isH2) return;
    for (let i = 0; i < 2; i++) this.note("TLSv1.3 (IN), TLS handshake, Newsession Ticket (4):");
    this.note("old SSL session ID is stale, removing");
  }

  /** A header as it was typed. */
  #typed(name: string): string | undefined {
    return this.#args.values("header").find((text) => text.split(":")[0]!.trim().toLowerCase() === name);
  }
}

/** Numbers of OpenSSL's verify results. */
const verifyCodes: Readonly<Record<string, number>> = {
  "self-signed certificate": 18,
  "self-signed certificate in certificate chain": 19,
  "unable to get local issuer certificate": 20,
  "certificate has expired": 10,
  "certificate is not yet valid": 9,
};

/** `Jan  1 00:00:00 2026 GMT` */
function certificateDate(ms: number): string {
  const [, day = "", month = "", year = "", time = ""] =
    /^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/.exec(httpDate(ms, timestampOf(ms))) ?? [];
  return `${month} ${day.replace(/^0/, " ")} ${time} ${year} GMT`;
}

function fits(pattern: string, name: string): boolean {
  return pattern.startsWith("*.") ? name.slice(name.indexOf(".")) === pattern.slice(1) : pattern === name;
}
