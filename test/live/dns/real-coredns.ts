import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeMessage } from "@kubenetsim/dns/wire/decode-message";
import { TcpQueries } from "kubenetsim/cli/serve/tcp-queries";
import { freePort } from "../free-port.ts";
import { realProgram } from "../serve/real-program.ts";
import { type CasePorts, corefileOf, type DnsCase, type DnsQuestion, zoneFile } from "./dns-case.ts";
import { queryBytes } from "./query-bytes.ts";
import { WatchedObjects } from "./watched-objects.ts";

/** What came back for one question: messages in base64, and when it was asked, milliseconds after the start. */
interface RealReply {
  readonly atMs: number;
  readonly clientPort: number;
  readonly messages: readonly string[];
}

export interface RealAnswer {
  /** What it said when it did not start. */
  readonly refused?: string;
  readonly rounds: readonly (readonly RealReply[])[];
}

/** As long as a reply may take; to some queries none comes. */
const patienceMs = 1500;
/** Within that time it has heard of all changes. */
const watchedMs = 500;

/** Starts a CoreDNS before the objects of a case, changes them, and asks. */
export async function askReal(one: DnsCase): Promise<RealAnswer> {
  const objects = await WatchedObjects.open();
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-dns-"));
  const ports: CasePorts = { dns: await freePort(), upstream: await freePort(), api: objects.port };
  objects.put(one.rounds[0]!.put);
  writeFileSync(join(folder, "Corefile"), corefileOf(one, ports));
  writeFileSync(join(folder, "zone"), zoneFile);
  const child = spawn(realProgram("coredns", console.log), ["-conf", "Corefile"], { cwd: folder });
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  try {
    const said = await started(child, ports.dns);
    if (said !== undefined) return { refused: said, rounds: [] };
    return { rounds: await lived(one, ports, objects) };
  } finally {
    process.off("exit", kill);
    kill();
    objects.close();
    rmSync(folder, { recursive: true });
  }
}

/** What it said when it ended; undefined when it listens. It does when its watches have begun. */
async function started(child: ChildProcess, port: number): Promise<string | undefined> {
  let said = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (data: Buffer) => (said += data.toString()));
  for (;;) {
    if (child.exitCode !== null) return said;
    if (/^CoreDNS-/m.test(said)) break;
    await sleep(20);
  }
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
  return undefined;
}

async function lived(one: DnsCase, ports: CasePorts, objects: WatchedObjects): Promise<RealAnswer["rounds"]> {
  const beganMs = performance.now();
  const clients = { udp: await udpClient(ports.dns), tcp: new TcpClient(ports.dns) };
  const rounds: RealReply[][] = [];
  for (const [at, { pauseMs, put, deleted, questions }] of one.rounds.entries()) {
    if (at > 0) {
      objects.put(put);
      objects.delete(deleted);
      await sleep(watchedMs);
    }
    await sleep(pauseMs);
    const replies: RealReply[] = [];
    for (const question of questions) {
      const atMs = performance.now() - beganMs;
      const reply = await clients[question.transport].ask(queryBytes(question), question);
      replies.push({ atMs, ...reply });
    }
    rounds.push(replies);
  }
  clients.udp.close();
  clients.tcp.close();
  return rounds;
}

type Reply = Omit<RealReply, "atMs">;

interface Client {
  ask(query: Uint8Array, question: DnsQuestion): Promise<Reply>;
  close(): void;
}

async function udpClient(port: number): Promise<Client> {
  const socket: UdpSocket = createSocket("udp4");
  await new Promise<void>((done) => void socket.bind(0, "127.0.0.1", done));
  const { port: clientPort } = socket.address();
  return {
    ask: (query) =>
      new Promise((resolve) => {
        const end = (messages: readonly string[]): void => {
          clearTimeout(timer);
          socket.off("message", hear);
          resolve({ clientPort, messages });
        };
        const hear = (reply: Buffer): void => {
          if (reply[0] === query[0] && reply[1] === query[1]) end([reply.toString("base64")]);
        };
        const timer = setTimeout(() => end([]), patienceMs);
        socket.on("message", hear);
        socket.send(query, port, "127.0.0.1");
      }),
    close: () => void socket.close(),
  };
}

/** One connection, as long as the server keeps it. */
class TcpClient implements Client {
  readonly #port: number;
  #socket: Socket | undefined;
  #heard: (message: Uint8Array | undefined) => void = () => undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async ask(query: Uint8Array, { type }: DnsQuestion): Promise<Reply> {
    this.#socket ??= await this.#connected();
    const socket = this.#socket;
    const messages: Uint8Array[] = [];
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#heard = (message) => {
        if (message !== undefined) messages.push(message);
        if (message !== undefined && type === "AXFR" && !endsZone(messages)) return;
        clearTimeout(timer);
        resolve();
      };
      socket.write(Uint8Array.of(query.length >>> 8, query.length & 255));
      socket.write(query);
    });
    const clientPort = socket.localPort ?? 0;
    if (messages.length === 0) this.close();
    return { clientPort, messages: messages.map((message) => Buffer.from(message).toString("base64")) };
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #connected(): Promise<Socket> {
    const socket = connect(this.#port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    const replies = new TcpQueries();
    socket.on("data", (chunk: Buffer) => {
      replies.add(chunk);
      for (let reply = replies.next(); reply !== undefined; reply = replies.next()) this.#heard(reply);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#heard(undefined);
    });
    return socket;
  }
}

/** A zone ends with its SOA record, or there is none to begin with. */
function endsZone(messages: readonly Uint8Array[]): boolean {
  const { answers } = decodeMessage(messages.at(-1)!);
  const isWhole = messages.length > 1 || answers.length > 1;
  return answers[0]?.type !== "SOA" && messages.length === 1 ? true : isWhole && answers.at(-1)?.type === "SOA";
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
