import type { OwnNetwork } from "./own-network.ts";
import { realProgram } from "./real-program.ts";
import { until } from "./until.ts";

export interface Question {
  readonly name: string;
  /** `A`, `SRV`, …; AXFR is all records of a zone. */
  readonly type: string;
  /** Over UDP, in 512 bytes; else over TCP. */
  readonly udp?: boolean;
}

/** Records as in a zone file, sorted; the SOA's serial, which is a time, is N. */
export interface DnsAnswer {
  readonly rcode: string;
  readonly truncated: boolean;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

/** A real CoreDNS in a network namespace, which asks an API server there. */
export class RealDns {
  readonly #network: OwnNetwork;
  readonly #port: number;
  readonly #process: { kill(): boolean };
  readonly #program = realProgram("coredns", console.log);

  /** @param options lines of the Corefile's block `kubernetes`, with the way to the API server */
  constructor(network: OwnNetwork, port: number, options: readonly string[]) {
    this.#network = network;
    this.#port = port;
    const file = network.file(`Corefile.${port}`, corefile(port, options));
    this.#process = network.start(`coredns-${port}`, [this.#program, "-conf", file]);
  }

  /** Waits until it knows all objects that there are. */
  async untilReady(): Promise<void> {
    const question = { name: "cluster.local.", type: "SOA" };
    const ready = await until(
      async () => ((await this.ask([question]))[0]!.rcode === "NOERROR" ? true : undefined),
      30_000,
    );
    if (ready === undefined) throw new Error(`CoreDNS is not ready:\n${this.#network.said(`coredns-${this.#port}`)}`);
  }

  async ask(questions: readonly Question[]): Promise<DnsAnswer[]> {
    const server = `127.0.0.1:${this.#port}`;
    const input = questions.map((one) => `${JSON.stringify({ server, ...one })}\n`).join("");
    const { stdout } = await this.#network.run([this.#program, "ask"], { input });
    const lines = withoutSerial(stdout).trim().split("\n");
    return lines.map((line) => JSON.parse(line) as DnsAnswer);
  }

  stop(): void {
    this.#process.kill();
  }
}

function corefile(port: number, options: readonly string[]): string {
  const inner = options.map((option) => `    ${option}\n`).join("");
  return `.:${port} {
  bind 127.0.0.1
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
${inner}  }
  transfer {
    to *
  }
}
`;
}

function withoutSerial(text: string): string {
  return text.replaceAll(/( SOA \S+ \S+) \d+/g, "$1 N");
}
