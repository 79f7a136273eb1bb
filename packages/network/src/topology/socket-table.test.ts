import { expect, test } from "vitest";
import type { Port } from "./process.ts";
import { SocketTable } from "./socket-table.ts";

const tcp = (port: number): Port => ({ protocol: "TCP", port });

test("a port stays with the process that bound it first", () => {
  const table = new SocketTable();
  table.bind({ name: "idle", listens: [] });
  table.bind({ name: "web", listens: [tcp(80), tcp(443)] });
  table.bind({ name: "late", listens: [tcp(443), { protocol: "UDP", port: 443 }] });
  const holder = (protocol: number, port: number): string | undefined =>
    table.processes[table.find(protocol, port)]?.name;
  expect([holder(6, 80), holder(6, 443), holder(17, 443), holder(17, 80)]).toEqual(["web", "web", "late", undefined]);
});
