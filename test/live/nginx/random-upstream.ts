import type { Random } from "@kubenetsim/core/runtime/random";
import type { NginxServer } from "@kubenetsim/schedulers";

/** An `upstream` block, as text for nginx and as servers for us. */
export interface Upstream {
  readonly scheduler: string;
  readonly text: string;
  readonly servers: readonly ConfiguredServer[];
}

export interface ConfiguredServer extends NginxServer {
  readonly name: string;
  /** 0 for any number. */
  readonly maxConnections: number;
}

/** The directive that asks for each balancer. */
const directives: Readonly<Record<string, string>> = {
  "nginx/round_robin": "",
  "nginx/least_conn": "least_conn;",
  "nginx/ip_hash": "ip_hash;",
  "nginx/hash": "hash $http_x_key;",
  "nginx/hash_consistent": "hash $http_x_key consistent;",
  "nginx/random": "random;",
  "nginx/random_two": "random two least_conn;",
};
const withBackups = ["nginx/round_robin", "nginx/least_conn"];

/** Some of the backends, some of them twice, with any of the parameters that open nginx knows. */
export function randomUpstream(scheduler: string, names: readonly string[], random: Random): Upstream {
  const one = (of: number): boolean => random.below(of) === 0;
  const count = one(10) ? 1 : one(8) ? 65 + random.below(10) : 2 + random.below(7);
  const [weighted, troubled, limited] = [!one(4), one(2), one(3)];
  const lines: string[] = [];
  const servers: ConfiguredServer[] = [];
  for (let id = 0; id < count; id++) {
    const name = names[random.below(names.length)]!;
    const server = {
      id,
      name,
      weight: weighted ? (one(20) ? 100 : 1 + random.below(7)) : 1,
      down: one(10),
      // nginx does not start without any server that is no backup.
      backup: id > 0 && withBackups.includes(scheduler) && one(4),
      maxFails: troubled ? random.below(4) : 1,
      failTimeoutSeconds: troubled ? 1 + random.below(15) : 10,
      maxConnections: limited ? random.below(4) : 0,
    };
    lines.push(lineOf(server));
    servers.push({ ...server, ...besides, lastWeight: server.weight });
  }
  const text = [directives[scheduler]!, ...lines].map((line) => `    ${line}`).join("\n");
  return { scheduler, text, servers };
}

/** What nginx's balancers do not look at, and what changes from request to request. */
const besides = { address: [0], port: 0, activeConnections: 0, inactiveConnections: 0, overloaded: false };

function lineOf(server: Pick<ConfiguredServer, "name" | "maxConnections"> & NginxServerParameters): string {
  const parameters = [
    `weight=${server.weight}`,
    `max_fails=${server.maxFails}`,
    `fail_timeout=${server.failTimeoutSeconds}s`,
    ...(server.maxConnections > 0 ? [`max_conns=${server.maxConnections}`] : []),
    ...(server.down === true ? ["down"] : []),
    ...(server.backup === true ? ["backup"] : []),
  ];
  return `server ${server.name} ${parameters.join(" ")};`;
}

type NginxServerParameters = Pick<NginxServer, "weight" | "maxFails" | "failTimeoutSeconds" | "down" | "backup">;
