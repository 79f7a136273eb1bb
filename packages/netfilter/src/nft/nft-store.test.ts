import { describe, expect, it } from "vitest";
import type { NftChain, NftElement, NftRule } from "../ruleset/nft-table.ts";
import type { NftCommand } from "../ruleset/nft-transaction.ts";
import { NftError } from "./nft-error.ts";
import { NftStore } from "./nft-store.ts";

const chain = (name: string): NftCommand => ({
  verb: "add",
  object: "chain",
  chain: { name, base: undefined, comment: undefined },
});

const jump = (from: string, to: string): NftCommand => ({ verb: "add", object: "rule", chain: from, rule: jumpTo(to) });

const jumpTo = (to: string): NftRule => ({
  statements: [{ kind: "verdict", verdict: { kind: "jump", chain: to } }],
  comment: undefined,
  origin: undefined,
  line: undefined,
});

const ports: Extract<NftCommand, { object: "set"; verb: "add" }> = {
  verb: "add",
  object: "set",
  set: {
    name: "ports",
    type: ["inet_proto", "inet_service"],
    data: "verdict",
    flags: [],
    size: undefined,
    timeoutSeconds: undefined,
    comment: undefined,
  },
};

const port = (number: number, to: string): NftElement => ({
  key: [
    { kind: "protocol", number: 6 },
    { kind: "number", number },
  ],
  verdict: { kind: "goto", chain: to },
  value: undefined,
  comment: undefined,
  origin: undefined,
});

const element = (verb: "add" | "delete", number: number, to: string): NftCommand => ({
  verb,
  object: "element",
  set: "ports",
  element: port(number, to),
});

const addTable: NftCommand = { verb: "add", object: "table" };

function run(store: NftStore, ...commands: NftCommand[]): void {
  store.apply({ family: "ip", table: "t", commands });
}

function chainsOf(store: NftStore): NftChain[] {
  return [...(store.table("ip", "t")?.chains.values() ?? [])];
}

describe("one kernel's nft memory", () => {
  it("keeps what transactions add, in the order of creation", () => {
    const store = new NftStore();
    run(store, addTable, chain("a"), chain("b"), jump("a", "b"), ports, element("add", 80, "b"));
    expect(chainsOf(store).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(store.table("ip", "t")?.chains.get("a")?.rules).toEqual([jumpTo("b")]);
    expect(store.table("ip", "t")?.sets.get("ports")?.elements).toEqual([port(80, "b")]);
    expect(store.table("ip6", "t")).toBeUndefined();
  });

  it("adds again what is there already without a change, and moves to the end what was deleted between", () => {
    const store = new NftStore();
    run(store, addTable, chain("a"), chain("b"), jump("a", "b"), addTable, chain("a"));
    expect(chainsOf(store).map(({ rules }) => rules.length)).toEqual([1, 0]);
    run(store, chain("a"), { verb: "delete", object: "chain", name: "a" }, chain("a"));
    expect(chainsOf(store).map(({ name, rules }) => [name, rules.length])).toEqual([
      ["b", 0],
      ["a", 0],
    ]);
  });

  const refusals: readonly [what: string, reason: string, command: NftCommand][] = [
    ["a chain that a rule jumps to", "Device or resource busy", { verb: "delete", object: "chain", name: "b" }],
    ["a chain that an element leads to", "Device or resource busy", { verb: "delete", object: "chain", name: "c" }],
    ["a chain that is not there", "No such file or directory", { verb: "flush", object: "chain", name: "x" }],
    ["a rule in a chain that is not there", "No such file or directory", jump("x", "b")],
    ["a jump to a chain that is not there", "No such file or directory", jump("a", "x")],
    ["an element with other data", "File exists", element("add", 80, "b")],
    ["an element that is not there", "No such file or directory", element("delete", 81, "c")],
    ["a set that is not there", "No such file or directory", { verb: "flush", object: "set", name: "x" }],
    ["a counter that is not there", "No such file or directory", { verb: "delete", object: "counter", name: "x" }],
  ];

  it.each(refusals)("refuses %s (%s) and changes nothing", (_, reason, command) => {
    const store = new NftStore();
    run(store, addTable, chain("a"), chain("b"), chain("c"), jump("a", "b"), ports, element("add", 80, "c"));
    const before = JSON.stringify([chainsOf(store), store.table("ip", "t")?.sets.get("ports")?.elements]);
    const attempt = (): void => run(store, chain("new"), jump("new", "a"), element("add", 1, "new"), command);
    expect(attempt).toThrow(NftError);
    expect(attempt).toThrow(reason);
    expect(JSON.stringify([chainsOf(store), store.table("ip", "t")?.sets.get("ports")?.elements])).toBe(before);
    expect(store.revision).toBe(1);
  });

  it("changes the timeout of a set that is added again, and keeps its elements", () => {
    const store = new NftStore();
    const clients = (timeoutSeconds: number): NftCommand => ({
      verb: "add",
      object: "set",
      set: { ...ports.set, name: "clients", data: undefined, flags: ["timeout"], timeoutSeconds },
    });
    const client: NftElement = { ...port(80, "a"), verdict: undefined };
    run(store, addTable, clients(10), { verb: "add", object: "element", set: "clients", element: client });
    run(store, clients(20));
    expect(store.table("ip", "t")?.sets.get("clients")).toMatchObject({ timeoutSeconds: 20, elements: [client] });
  });

  it("deletes a chain once nothing leads to it any more, in the order of the commands", () => {
    const store = new NftStore();
    run(store, addTable, chain("a"), chain("b"), chain("c"), jump("a", "b"), ports, element("add", 80, "c"));
    run(
      store,
      { verb: "flush", object: "chain", name: "a" },
      { verb: "delete", object: "chain", name: "b" },
      { verb: "flush", object: "map", name: "ports" },
      { verb: "delete", object: "chain", name: "c" },
    );
    expect(chainsOf(store).map(({ name }) => name)).toEqual(["a"]);
    expect(store.table("ip", "t")?.sets.get("ports")?.elements).toEqual([]);
  });

  it("empties all chains and keeps the elements when a table is flushed; deletes all with the table", () => {
    const store = new NftStore();
    run(store, addTable, chain("a"), chain("b"), jump("a", "b"), ports, element("add", 80, "a"));
    run(store, { verb: "flush", object: "table" }, { verb: "delete", object: "chain", name: "b" });
    expect(store.table("ip", "t")?.sets.get("ports")?.elements).toHaveLength(1);
    run(store, { verb: "delete", object: "table" }, addTable, chain("z"));
    expect(chainsOf(store).map(({ name }) => name)).toEqual(["z"]);
    expect(store.table("ip", "t")?.sets.size).toBe(0);
  });

  it("lets a fork change on its own", () => {
    const store = new NftStore();
    run(store, addTable, chain("a"), chain("b"), ports, element("add", 80, "a"));
    const fork = store.fork();
    run(fork, jump("a", "b"), element("add", 81, "b"));
    run(store, element("delete", 80, "a"), chain("c"));
    expect(chainsOf(fork).map(({ rules }) => rules.length)).toEqual([1, 0]);
    expect(fork.table("ip", "t")?.sets.get("ports")?.elements).toHaveLength(2);
    expect(chainsOf(store).map(({ rules }) => rules.length)).toEqual([0, 0, 0]);
    expect(store.table("ip", "t")?.sets.get("ports")?.elements).toEqual([]);
  });
});
