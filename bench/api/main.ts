import { loadServer } from "./load.ts";

/** `node build/bench/api/main.js [SECONDS]`: 200 watchers and 1,000 writes a second, on the loopback device. */
const seconds = Number(process.argv[2] ?? 30);
const result = await loadServer({ watchers: 200, writesPerSecond: 1000, seconds, listed: 10_000 });
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const growth = result.heapAfterBytes / result.heapBeforeBytes - 1;
console.log(
  [
    `writes          ${result.writes} in ${result.seconds.toFixed(1)} s (${(result.writes / result.seconds).toFixed(0)}/s), refused ${result.refused.length}`,
    `server's CPU    ${result.serverCpuSeconds.toFixed(1)} s, ${((result.serverCpuSeconds * 1000) / result.writes).toFixed(2)} ms a write`,
    `write latency   median ${result.writeMsMedian.toFixed(1)} ms, 99 % ${result.writeMs99.toFixed(1)} ms`,
    `events          ${result.events} of ${result.eventsExpected}, out of order ${result.disordered}, watches broken off ${result.watchesBroken}`,
    `list            ${result.listedItems} Services in ${result.listMs.toFixed(0)} ms`,
    `memory          ${megabytes(result.heapBeforeBytes)} before, ${megabytes(result.heapAfterBytes)} after (${(growth * 100).toFixed(0)} %)`,
  ].join("\n"),
);
const holds =
  result.events === result.eventsExpected &&
  result.disordered === 0 &&
  result.watchesBroken === 0 &&
  result.refused.length === 0 &&
  result.listMs <= 1000 &&
  growth <= 0.2;
process.exitCode = holds ? 0 : 1;
