import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a program ended, and what it said. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * A network for one case, with a folder for its files: this process's own, or with `open` a namespace. It is gone with the
 * processes in it, and they with this one.
 */
export class OwnNetwork {
  readonly folder: string = mkdtempSync(join(tmpdir(), "kubenetsim-serve-"));
  readonly #children = new Set<ChildProcess>();
  readonly #killAll = (): void => {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  };
  #holder: number = process.pid;

  constructor() {
    process.on("exit", this.#killAll);
  }

  /** @param setup what a shell does in the namespace before anything else */
  static async open(setup: string): Promise<OwnNetwork> {
    const network = new OwnNetwork();
    const child = spawn("unshare", ["-n", "sh", "-ec", `${setup}\necho open; exec sleep infinity`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    network.#children.add(child);
    let said = "";
    child.stderr.on("data", (data: Buffer) => {
      said += data.toString();
    });
    await Promise.race([once(child.stdout, "data"), once(child, "close")]);
    if (child.exitCode !== null) throw new Error(`no network namespace: ${said.trim()}`);
    network.#holder = child.pid!;
    return network;
  }

  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Starts a program that goes on; what it says goes to the file `NAME.log`. */
  start(name: string, command: readonly string[]): ChildProcess {
    const log = openSync(this.#log(name), "a");
    const [program, ...args] = this.#entering(command);
    const child = spawn(program!, args, {
      cwd: this.folder,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  said(name: string): string {
    return readFileSync(this.#log(name), "utf8");
  }

  run(command: readonly string[], { input = "" }: { readonly input?: string } = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = {
        cwd: this.folder,
        env: { ...process.env, HOME: this.folder },
        maxBuffer: 1 << 28,
        timeout: 60_000,
      };
      const [program, ...args] = this.#entering(command);
      const child = execFile(program!, args, options, (problem, stdout, stderr) => {
        const exitCode = problem === null ? 0 : typeof problem.code === "number" ? problem.code : 1;
        resolve({ stdout, stderr, exitCode });
      });
      child.stdin!.on("error", () => undefined);
      child.stdin!.end(input);
    });
  }

  async close(): Promise<void> {
    const ended = [...this.#children].map((child) => (child.exitCode === null ? once(child, "exit") : undefined));
    this.#killAll();
    await Promise.all(ended);
    process.off("exit", this.#killAll);
  }

  #entering(command: readonly string[]): readonly string[] {
    return this.#holder === process.pid ? command : ["nsenter", "-t", String(this.#holder), "-n", ...command];
  }

  #log(name: string): string {
    return join(this.folder, `${name}.log`);
  }
}
