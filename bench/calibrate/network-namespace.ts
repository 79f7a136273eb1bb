import { type ChildProcess, spawn } from "node:child_process";
import { Refusal } from "./refusal.ts";

/** A dummy device, or where the kernel has none a tun that nobody reads: both take a packet through all hooks and drop it. */
const deviceScript = [
  "ip link set lo up",
  "{ ip link add out type dummy 2>/dev/null || ip tuntap add dev out mode tun; }",
  "ip link set out up",
  "ip address add 10.244.0.1/16 dev out",
  "ip route add default dev out",
].join(" && ");

/**
 * A network namespace of our own, with a device that drops what is sent. It lives as long as a `cat` in it, and that ends with this
 * process, however it ends: nothing is left of it, and nothing outside of it is touched.
 */
export class NetworkNamespace {
  readonly #holder: ChildProcess;
  #running: ChildProcess | undefined;
  /** So that what runs in it ends with this process, too. */
  readonly #onExit = (): void => this.close();

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
    process.once("exit", this.#onExit);
  }

  /** @throws Refusal where there are no network namespaces */
  static async open(): Promise<NetworkNamespace> {
    const holder = spawn("unshare", ["--net", "sh", "-c", "echo; exec cat"], { stdio: ["pipe", "pipe", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      let said = "";
      holder.stderr.on("data", (text) => (said += text));
      holder.stdout.once("data", () => resolve());
      holder.once("error", reject);
      holder.once("exit", () => reject(new Refusal(`no network namespace: ${said.trim()}`)));
    });
    const namespace = new NetworkNamespace(holder);
    try {
      await namespace.run(["sh", "-c", deviceScript]);
      return namespace;
    } catch (problem) {
      namespace.close();
      throw problem;
    }
  }

  /**
   * Runs a program in it, and gives what it printed.
   *
   * @throws Refusal with the program's name and what it said when it fails
   */
  async run(words: readonly string[], input: string | Uint8Array = ""): Promise<string> {
    const child = spawn("nsenter", [`--net=/proc/${this.#holder.pid}/ns/net`, ...words]);
    this.#running = child;
    let out = "";
    let said = "";
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (said += text));
    // It may end before it has read all: what it said is told then.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    this.#running = undefined;
    if (code !== 0) throw new Refusal(`${words[0]}: ${firstLines(said || out) || `it ended with ${code}`}`);
    return out;
  }

  close(): void {
    process.off("exit", this.#onExit);
    this.#holder.removeAllListeners("exit");
    this.#running?.kill();
    this.#holder.kill();
  }
}

/** What modprobe adds says the same as the program does, with this machine's paths. */
function firstLines(text: string): string {
  const all = text.trim().split("\n");
  const own = all.filter((line) => !line.startsWith("modprobe: "));
  const lines = own.length === 0 ? all : own;
  return lines.length > 2 ? `${lines.slice(0, 2).join("; ")} …` : lines.join("; ");
}
