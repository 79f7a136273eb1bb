import type { Dispenser } from "../corefile/dispenser.ts";
import { durationOf } from "../corefile/duration.ts";
import { oncePerBlock } from "./once-per-block.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Where a plugin serves HTTP. */
export interface HttpEndpoint {
  /** Empty for all addresses, or a name: `localhost`. */
  readonly host: string;
  readonly port: number;
}

/** What `health` offers: after a request to stop the server goes on for so long (plugin/health). */
export interface Health extends HttpEndpoint {
  readonly lameduckMs: number;
}

/** Serves /health. It handles no queries. */
export const health: PluginDefinition = {
  name: "health",
  setup: (setup) => {
    const words = setup.words();
    let endpoint: HttpEndpoint = { host: "", port: 8080 };
    let lameduckMs = 0;
    while (words.next()) {
      endpoint = endpointOf(words) ?? endpoint;
      while (words.nextBlock()) {
        if (words.val() !== "lameduck") throw words.err(`unknown property '${words.val()}'`);
        const [text, ...more] = words.remainingArgs();
        if (text === undefined || more.length > 0) throw words.argErr();
        lameduckMs = durationOf(text, (problem) =>
          words.plainErr(`unable to parse lameduck duration value: '${text}' : ${problem}`),
        );
      }
    }
    return { offers: { ...endpoint, lameduckMs } satisfies Health };
  },
};

/** Serves /ready: 200 when all plugins that wait for something have it (plugin/ready). */
export const ready: PluginDefinition = {
  name: "ready",
  setup: (setup) => {
    const words = setup.words();
    let endpoint: HttpEndpoint = { host: "", port: 8181 };
    oncePerBlock(words, () => {
      endpoint = endpointOf(words) ?? endpoint;
      while (words.nextBlock()) {
        if (words.val() !== "monitor") throw words.err(`unknown property '${words.val()}'`);
        const args = words.remainingArgs();
        if (args.length !== 1) throw words.argErr();
        if (args[0] !== "until-ready" && args[0] !== "continuously") {
          throw words.err(`monitor type '${args[0]}' not supported`);
        }
      }
    });
    return { offers: endpoint };
  },
};

/** Serves /metrics (plugin/metrics). What is counted is not modelled. */
export const prometheus: PluginDefinition = {
  name: "prometheus",
  setup: (setup) => {
    const words = setup.words();
    let endpoint: HttpEndpoint = { host: "localhost", port: 9153 };
    oncePerBlock(words, () => {
      endpoint = endpointOf(words) ?? endpoint;
      let hasTls = false;
      while (words.nextBlock()) {
        const option = words.val();
        const args = words.remainingArgs();
        if (option !== "runtime_metrics" && option !== "tls") throw words.err(`unknown option: ${option}`);
        if (option === "tls" && hasTls) throw words.err("tls block already specified");
        if (args.length !== (option === "tls" ? 1 : 0)) throw words.argErr();
        hasTls ||= option === "tls";
      }
    });
    return { handle: (next) => next, offers: endpoint };
  },
};

/** The address that may stand behind a plugin's name: `:8080`, `127.0.0.1:8080` (Go, net.SplitHostPort). */
function endpointOf(words: Dispenser): HttpEndpoint | undefined {
  const [text, ...more] = words.remainingArgs();
  if (text === undefined) return undefined;
  if (more.length > 0) throw words.argErr();
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text);
  if (match !== null) return { host: match[1] ?? match[2]!, port: Number(match[3]) };
  const problem = text.replace(/\[[^\]]*\]/, "").includes(":")
    ? "too many colons in address"
    : "missing port in address";
  throw words.plainErr(`address ${text}: ${problem}`);
}
