import type { HttpRequest } from "@kubenetsim/ingress/http/http-message";

interface LimitAnswer {
  readonly status: number;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a proxy in JavaScript cannot do without: the host's paths, the longest that fits, an endpoint in turn, headers, an answer. */
export class IngressLimit {
  /** Of each host its paths, the longest first. */
  readonly #hosts = new Map<string, readonly string[]>();
  readonly #endpoints: readonly string[] = ["10.244.0.1:8080", "10.244.0.2:8080", "10.244.0.3:8080"];
  #turn = 0;
  #id = 0;

  constructor(hosts: number, paths: number) {
    for (let i = 0; i < hosts; i++) {
      const list = Array.from({ length: paths }, (_, at) => `/part-${at}/of/it`);
      this.#hosts.set(
        `h${i}.test`,
        [...list, "/"].sort((a, b) => b.length - a.length),
      );
    }
  }

  answer({ host, target, headers, clientAddress }: HttpRequest): LimitAnswer {
    const paths = this.#hosts.get(host!);
    const path = paths?.find((each) => target.startsWith(each));
    if (path === undefined) return { status: 404, endpoint: "", headers };
    this.#turn = (this.#turn + 1) % this.#endpoints.length;
    const told = {
      accept: headers.accept!,
      "user-agent": headers["user-agent"]!,
      host: host!,
      "x-request-id": (this.#id++).toString(16),
      "x-real-ip": clientAddress,
      "x-forwarded-for": clientAddress,
      "x-forwarded-host": host!,
      "x-forwarded-port": "80",
      "x-forwarded-proto": "http",
    };
    return { status: 200, endpoint: this.#endpoints[this.#turn]!, headers: told };
  }
}
