import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { queryFor } from "@kubenetsim/dns/message/dns-message";
import { decodeMessage } from "@kubenetsim/dns/wire/decode-message";
import { encodeMessage } from "@kubenetsim/dns/wire/encode-message";
import { Cluster } from "kubenetsim";
import { listenOverTcp } from "kubenetsim/cli/serve/dns-over-tcp";
import { type RunningServer, serveCluster } from "kubenetsim/cli/serve/http-server";
import { TcpQueries } from "kubenetsim/cli/serve/tcp-queries";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const name = "kubernetes.default.svc.cluster.local.";
const queryOf = (id: number, asked: string = name): Uint8Array =>
  encodeMessage(queryFor(id, asked, "A"), { compress: false });
const framed = (query: Uint8Array): Uint8Array => Uint8Array.of(query.length >>> 8, query.length & 255, ...query);

describe("kubenetsim serve answers DNS", () => {
  let lab: Cluster;
  let server: RunningServer;
  let log: string[];

  beforeEach(async () => {
    lab = Cluster.create({ nodes: ["n1"] });
    log = [];
    server = await serveCluster(lab, { host: "127.0.0.1", port: 0, dnsPort: 0, log: (line) => log.push(line) });
  });

  afterEach(() => server.close());

  const overUdp = async (query: Uint8Array): Promise<Uint8Array> => {
    const socket = createSocket("udp4");
    socket.send(query, server.dns!.port, "127.0.0.1");
    const [reply] = (await once(socket, "message")) as [Uint8Array];
    socket.close();
    return reply;
  };
  const connected = async (): Promise<Socket> => {
    const socket = connect(server.dns!.port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  /** The ids of so many replies. */
  const replies = async (socket: Socket, count: number): Promise<number[]> => {
    const queries = new TcpQueries();
    const ids: number[] = [];
    while (ids.length < count) {
      const [chunk] = (await once(socket, "data")) as [Buffer];
      queries.add(chunk);
      for (let reply = queries.next(); reply !== undefined; reply = queries.next()) ids.push(decodeMessage(reply).id);
    }
    return ids;
  };
  const rcodeOf = async (asked: string): Promise<string> => decodeMessage(await overUdp(queryOf(1, asked))).rcode;

  it("with the addresses of Services as they are made and deleted", async () => {
    const web = "web.default.svc.cluster.local.";
    expect(await rcodeOf(web)).toBe("NXDOMAIN");
    lab.kubectl`create service clusterip web --tcp=80 --clusterip=10.96.0.80`;
    expect(decodeMessage(await overUdp(queryOf(1, web))).answers).toMatchObject([{ address: "10.96.0.80" }]);
    lab.kubectl`delete service web`;
    expect(await rcodeOf(web)).toBe("NXDOMAIN");
  });

  it("by the Corefile of the ConfigMap coredns, some time after it has come", async () => {
    const pod = "10-1-2-3.default.pod.cluster.local.";
    expect(await rcodeOf(pod)).toBe("NOERROR");
    const replace = (Corefile: string): void => {
      const configMap = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "coredns", namespace: "kube-system" },
      };
      lab.apply(JSON.stringify({ ...configMap, data: { Corefile } }));
    };
    replace(".:53 {\n  kubernetes cluster.local\n  reload\n}");
    expect(await rcodeOf(pod)).toBe("NOERROR");
    lab.clock.advance(140_000);
    expect(await rcodeOf(pod)).toBe("NXDOMAIN");
    replace(".:53 {\n  nothing\n}");
    expect(await rcodeOf(pod)).toBe("NXDOMAIN");
    lab.clock.advance(140_000);
    expect(await rcodeOf(pod)).toBe("NXDOMAIN");
    expect(log).toEqual(["[INFO] Reloading complete", expect.stringContaining("reload failed")]);
  });

  it("says FORMERR to what is no query, and nothing to what is no header", async () => {
    const cut = decodeMessage(await overUdp(queryOf(7).subarray(0, 20)));
    expect(cut).toMatchObject({ id: 7, rcode: "FORMERR", questions: [] });
    const socket = createSocket("udp4");
    for (const junk of [Uint8Array.of(), Uint8Array.of(1, 2, 3), await overUdp(queryOf(1))]) {
      socket.send(junk, server.dns!.port, "127.0.0.1");
    }
    socket.send(queryOf(8), server.dns!.port, "127.0.0.1");
    const [first] = (await once(socket, "message")) as [Uint8Array];
    expect(decodeMessage(first).id).toBe(8);
    socket.close();
  });

  it("takes many queries on one connection, in any pieces", async () => {
    const socket = await connected();
    socket.setNoDelay();
    const bytes = Buffer.concat([1, 2, 3].map((id) => framed(queryOf(id))));
    for (const byte of bytes) socket.write(Uint8Array.of(byte));
    expect(await replies(socket, 3)).toEqual([1, 2, 3]);
    socket.write(Buffer.concat(Array.from({ length: 1000 }, (_, id) => framed(queryOf(id)))));
    expect(await replies(socket, 1000)).toEqual(Array.from({ length: 1000 }, (_, id) => id));
    socket.destroy();
  });

  it("keeps many connections that wait, and lets go of those that say too long nothing", async () => {
    const waiting = await Promise.all(Array.from({ length: 300 }, connected));
    // A length that nothing follows, and one that announces the longest query there is.
    for (const [at, socket] of waiting.entries())
      socket.write(at % 2 === 0 ? Uint8Array.of(0) : Uint8Array.of(255, 255));
    expect(await rcodeOf(name)).toBe("NOERROR");
    const asking = await connected();
    asking.write(framed(queryOf(5)));
    expect(await replies(asking, 1)).toEqual([5]);
    await Promise.all(waiting.map((socket) => once(socket.resume(), "close")));
    asking.write(framed(queryOf(6)));
    expect(await replies(asking, 1)).toEqual([6]);
    asking.destroy();
  });

  it("closes the connections that are too many", async () => {
    const sockets = Array.from({ length: 600 }, () => connect(server.dns!.port, "127.0.0.1"));
    const closed = new Set<Socket>();
    for (const socket of sockets)
      socket
        .on("error", () => {})
        .on("close", () => closed.add(socket))
        .resume();
    await expect.poll(() => closed.size, { timeout: 2500 }).toBeGreaterThanOrEqual(88);
    expect(await rcodeOf(name)).toBe("NOERROR");
    for (const socket of sockets) socket.destroy();
  });

  it("ends with its connections, and not where another one listens", async () => {
    const { port } = server.dns!;
    const twice = serveCluster(Cluster.create(), { host: "127.0.0.1", port: 0, dnsPort: port });
    await expect(twice).rejects.toMatchObject({ code: "EADDRINUSE", port });
    const socket = (await connected()).resume();
    const closed = once(socket, "close");
    await server.close();
    await closed;
  });
});

it("does not start with a Corefile that cannot be read", async () => {
  const lab = Cluster.create();
  const metadata = { name: "coredns", namespace: "kube-system" };
  lab.apply(JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: ". {" } }));
  const started = serveCluster(lab, { host: "127.0.0.1", port: 0, dnsPort: 0 });
  await expect(started).rejects.toThrow("ConfigMap kube-system/coredns");
});

it("reads no more queries of a client that does not read replies, and goes on when it does", async () => {
  const count = 2000;
  let answered = 0;
  const listener = await listenOverTcp("127.0.0.1", 0, () => {
    answered++;
    return [new Uint8Array(60_000)];
  });
  const socket = connect(listener.port, "127.0.0.1").pause();
  socket.write(Buffer.concat(Array.from({ length: count }, (_, id) => framed(queryOf(id)))));
  await new Promise((done) => setTimeout(done, 500));
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThan(count / 2);
  let size = 0;
  socket.on("data", (chunk: Buffer) => {
    size += chunk.length;
  });
  socket.resume();
  await expect.poll(() => size, { timeout: 10_000 }).toBe(count * 60_002);
  socket.destroy();
  await listener.close();
});
