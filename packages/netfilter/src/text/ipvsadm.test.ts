import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { untouchedListing } from "../ipvs/listing.ts";
import { parseIpvsadmList } from "./ipvsadm-list-parse.ts";
import { parseIpvsadmSave } from "./ipvsadm-parse.ts";
import { type IpvsadmOptions, printIpvsadm } from "./ipvsadm-print.ts";
import { printIpvsadmSave } from "./ipvsadm-save.ts";

const recordings = resolve(import.meta.dirname, "../../../../../shared/conformance");
const folder = join(recordings, "ipvs-schedulers/text");
const skipped = !existsSync(folder);
if (skipped) console.log(`skipped: the recordings of ipvsadm are not at ${folder}`);

/** A recorded output without the command line above it. */
function recorded(name: string): string {
  return readFileSync(`${folder}/${name}`, "utf8").replace(/^\$ .*\n/, "");
}

/** The servers of the recording: -Sn has all but the thresholds. */
function recordedServers() {
  return parseIpvsadmSave(recorded("Sn.txt")).map((virtualServer) => ({
    ...virtualServer,
    realServers: virtualServer.realServers.map((server) =>
      server.port === 65535 ? { ...server, upperThreshold: 100, lowerThreshold: 50 } : server,
    ),
  }));
}

describe.skipIf(skipped)("as ipvsadm 1.31 printed it", () => {
  const views: [string, IpvsadmOptions][] = [
    ["Ln.txt", {}],
    ["Ln-exact.txt", { exact: true }],
    ["Ln-stats.txt", { view: "stats" }],
    ["Ln-thresholds.txt", { view: "thresholds" }],
    ["Ln-persistent-conn.txt", { view: "persistent-conn" }],
  ];
  test.for(views)("%s", ([name, options]) => {
    expect(printIpvsadm(untouchedListing(recordedServers()), options)).toBe(recorded(name));
  });

  test("an empty table", () => {
    expect(printIpvsadm([])).toBe(recorded("empty-Ln.txt"));
    expect(printIpvsadmSave([])).toBe(recorded("empty-Sn.txt"));
  });

  test.for(["Sn.txt", "save-n.txt"])("%s is what its own parse prints", (name) => {
    expect(printIpvsadmSave(untouchedListing(parseIpvsadmSave(recorded(name))))).toBe(recorded(name));
  });

  test("Ln-nosort.txt is what its own parse prints, in its order", () => {
    const text = recorded("Ln-nosort.txt");
    expect(printIpvsadm(parseIpvsadmList(text), { sorted: false })).toBe(text);
  });

  const listings = skipped ? [] : readdirSync(join(recordings, "cluster"), { recursive: true, encoding: "utf8" });
  test.for(listings.filter((path) => basename(path) === "ipvsadm-Ln.txt"))(
    "%s is what its own parse prints",
    (path) => {
      const text = readFileSync(join(recordings, "cluster", path), "utf8");
      expect(printIpvsadm(parseIpvsadmList(text))).toBe(text);
    },
  );

  test.for([1, 2, 3, 4, 5, 6])("sort-%i.txt: from the kernel's order to the printed one", (number) => {
    const [kernel, printed] = recorded(`sort-${number}.txt`)
      .replace(/^# added.*\n/, "")
      .split("# sorted:\n");
    expect(printIpvsadm(parseIpvsadmList(kernel!))).toBe(printed);
  });
});

describe("reading ipvsadm -Sn", () => {
  test("reads options that -Sn leaves out", () => {
    const [service] = parseIpvsadmSave("-A -t 10.0.0.1:80 -p\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 2 -x 9 -y 3\n");
    expect(service).toMatchObject({ scheduler: "wlc", persistenceTimeout: 360, persistenceNetmask: 32 });
    expect(service!.realServers[0]).toMatchObject({ weight: 2, upperThreshold: 9, lowerThreshold: 3 });
  });

  test.for([
    ["-A -t 10.0.0.1 -s rr", 'expected address:port with a numeric address, found "10.0.0.1"'],
    ["-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m", "no -A line for this service stands before"],
    ["-D -t 10.0.0.1:80", 'expected -A or -a, found "-D"'],
    ["-A -t 10.0.0.1:80 -s", "-s needs a value"],
    ["-A -t 10.0.0.1:80 -p 300 -M 255.0.255.0", 'expected a netmask, found "255.0.255.0"'],
    ["-A -t 10.0.0.1:80 -p 0", 'expected a number from 1 to 2678400, found "0"'],
    ["-A -s rr", "expected a service: -t, -u or --sctp-service address:port, or -f mark"],
  ])("refuses %s", ([line, message]) => {
    expect(() => parseIpvsadmSave(`# comment\n${line}\n`, "file")).toThrow(
      expect.objectContaining({ name: "ParseError", message, position: { source: "file", line: 2, column: 1 } }),
    );
  });

  test("names an option that is not modelled", () => {
    expect(() => parseIpvsadmSave("-A -u 10.0.0.1:80 -s rr -o\n")).toThrow(
      "ipvsadm option -o is not modelled (line 1)",
    );
  });
});

describe("reading ipvsadm -Ln", () => {
  test("refuses a foreign line", () => {
    expect(() => parseIpvsadmList("Chain INPUT (policy ACCEPT)\n", "file")).toThrow(
      expect.objectContaining({ name: "ParseError", position: { source: "file", line: 1, column: 1 } }),
    );
  });
});
