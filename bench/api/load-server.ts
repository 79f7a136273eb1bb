import { Cluster } from "kubenetsim";
import { serveCluster } from "kubenetsim/cli/serve/http-server";

/** A server in a process of its own, so that its memory is its own. Told `memory`, it says how much is in use. */
const lab = Cluster.create({ nodes: ["n1", "n2"], seed: "load" });
const server = await serveCluster(lab, { host: "127.0.0.1", port: 0 });

process.on("message", (message) => {
  if (message === "end") void server.close().then(() => process.disconnect());
  // What happened is forgotten after five minutes of the cluster's time.
  else if (message === "later") lab.clock.advance(600_000);
  else if (message === "memory") process.send!({ heapBytes: usedHeap(), cpuSeconds: cpuSeconds() });
});
process.send!({ url: server.url });

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function usedHeap(): number {
  globalThis.gc!();
  globalThis.gc!();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}
