import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("the options of a live run", () => {
  it("are both modes and a hundred cases unless said otherwise", () => {
    expect(readOptions([])).toEqual({
      modes: ["iptables", "nftables"],
      cases: 100,
      seed: 1,
      steps: 3,
      services: 6,
      kubectl: "kubectl",
      kubeconfig: "",
      shard: { number: 1, of: 1 },
      json: undefined,
      shrinks: true,
    });
    expect(readOptions(["--mode", "nftables", "--cases", "7", "--seed=0", "--no-shrink"])).toMatchObject({
      modes: ["nftables"],
      cases: 7,
      seed: 0,
      shrinks: false,
    });
  });

  it("are none when help is asked for", () => {
    expect(readOptions(["--help"])).toBeUndefined();
  });

  it.each([
    [["--cases", "foo"], '--cases must be a whole number from 1 to 999999999, got "foo"'],
    [["--cases", "0"], "--cases must be"],
    [["--cases", "1.5"], "--cases must be"],
    [["--cases", "1e3"], "--cases must be"],
    [["--seed=-1"], "--seed must be"],
    [["--steps", ""], "--steps must be"],
    [["--services", "12345678901"], "--services must be"],
    [
      ["--mode", "ipvs"],
      '--mode must be iptables, nftables, ipvs-schedulers, api, kubectl, serve, dns, ingress, got "ipvs"',
    ],
    [["--shard", "3/2"], '--shard takes I/N with I from 1 to N, not "3/2"'],
    [["--case", "3"], "Unknown option '--case'"],
    [["7"], "Unexpected argument '7'"],
  ])("%j are refused", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
