import { readFileSync } from "node:fs";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { describe, expect, test } from "vitest";
import { IpvsDirector } from "../ipvs/director.ts";
import { runIpvsadm } from "./run-command.ts";

interface Recorded {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** One after the other on Linux 6.1.176 with ipvsadm 1.31, from an empty table. */
const recorded = JSON.parse(
  readFileSync(new URL("./recorded-commands.json", import.meta.url), "utf8"),
) as readonly Recorded[];

function newDirector(): IpvsDirector {
  return new IpvsDirector({ clock: virtualClock(), schedulers: ipvsSchedulers });
}

function run(director: IpvsDirector, command: string): string {
  return runIpvsadm(director, command.split(" ").slice(1));
}

test("does and says what the real one did and said, command by command", () => {
  const director = newDirector();
  const ours = recorded.map(({ command }): Recorded => {
    const before = JSON.stringify(director.save());
    try {
      return { command, stdout: run(director, command), stderr: "" };
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      expect(JSON.stringify(director.save())).toBe(before);
      return { command, stdout: "", stderr: `${error.message}\n` };
    }
  });
  expect(ours).toEqual(recorded.map((one) => ({ ...one, stderr: one.stderr.replace(/\n+$/, "\n") })));
});

describe("what is not modelled is named", () => {
  test.for([
    ["-A -u 10.96.0.10:53 -o", "--ops"],
    ["-A -t 10.96.0.10:53 --pe sip -p", "--pe"],
    ["-A -t 10.96.0.10:80 -p -M 255.0.255.0", "netmask with gaps"],
    ["-a -t 10.96.0.10:80 -r 10.244.0.1 -i --tun-type gue --tun-port 6080", "gue"],
    ["-R", "--restore"],
    ["-Ln --rate", "--rate"],
    ["-L", "without -n"],
    ["", "without -n"],
    ["-h", "--help"],
  ])("ipvsadm %s", ([words, name]) => {
    const director = newDirector();
    expect(() => runIpvsadm(director, words.split(" ").filter(Boolean))).toThrow(UnsupportedError);
    expect(() => runIpvsadm(director, words.split(" ").filter(Boolean))).toThrow(name);
    expect(director.list()).toEqual([]);
  });
});

test("hints name what there is", () => {
  const hintOf = (command: string): string | undefined => {
    try {
      run(newDirector(), command);
    } catch (error) {
      return (error as ParseError).hint;
    }
    return undefined;
  };
  expect(hintOf("ipvsadm -A -t 10.96.0.10:80 -s nosuch")).toBe(
    `the schedulers are ${Object.keys(ipvsSchedulers).join(", ")}`,
  );
  expect(hintOf("ipvsadm -A -t 10.96.0.10:80 -s sh -b nosuch")).toContain("mh-fallback, mh-port, sh-fallback, sh-port");
});
