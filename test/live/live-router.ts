import { parseAddressWords } from "@kubenetsim/core/net/address";
import type { DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { verdict } from "@kubenetsim/netfilter/engine/verdict";
import type { NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import { places, type SentPacket } from "./random-nft-rules.ts";

/** Our router's devices: by v0 packets come, by w0 they leave. */
export function routerDevices(family: NftFamily): DeviceInput[] {
  const { own } = places[family];
  return [
    { name: "lo", addresses: [family === "ip" ? "127.0.0.1/8" : "::1/128"] },
    ...["v0", "w0"].map((name, i) => ({ name, addresses: [`${own[i]}/${family === "ip" ? 24 : 64}`] })),
  ];
}

/** A packet that comes by v0 through our router. */
export function route(kernel: Kernel, packet: Packet): void {
  const meter = new Meter();
  packet.inDevice = 1;
  if (kernel.runHook(hook.PREROUTING, packet, meter, null) !== verdict.accept) return;
  if (kernel.isLocal(packet)) {
    kernel.runHook(hook.INPUT, packet, meter, null);
    return;
  }
  packet.outDevice = 2;
  if (kernel.runHook(hook.FORWARD, packet, meter, null) !== verdict.accept) return;
  kernel.runHook(hook.POSTROUTING, packet, meter, null);
}

/** As `packetSender` makes it. */
export function packetOf({ source, destination, protocol, sourcePort, destinationPort }: SentPacket): Packet {
  const packet = new Packet();
  const [from, to] = [parseAddressWords(source)!, parseAddressWords(destination)!];
  packet.v6 = from.length === 4;
  [packet.src0, packet.src1, packet.src2, packet.src3] = [from[0]!, from[1] ?? 0, from[2] ?? 0, from[3] ?? 0];
  [packet.dst0, packet.dst1, packet.dst2, packet.dst3] = [to[0]!, to[1] ?? 0, to[2] ?? 0, to[3] ?? 0];
  const bytes = (packet.v6 ? 40 : 20) + (protocol === 17 ? 12 : 20);
  return Object.assign(packet, { protocol, sourcePort, destinationPort, bytes });
}

/**
 * A script for a router between a namespace that sends (c0 to v0) and one that swallows (w0 to d0). `each` is run for $i = 0,
 * 1 … as long as there is a file $i.rules; `send FILE` sends the packets of a file.
 */
export function routerScript(family: NftFamily, each: string): string {
  const { clients, own } = places[family];
  const six = family === "ip6";
  const ip = six ? "ip -6" : "ip";
  return `
ip link set lo up
unshare -n sleep 1000 & other=$!
trap "kill $other" EXIT
sleep 0.3
ip link add v0 address 02:00:00:00:00:01 type veth peer name c0 address 02:00:00:00:00:02
ip link add w0 type veth peer name d0
ip link set c0 netns $other; ip link set d0 netns $other
nsenter -t $other -n ip link set c0 up; nsenter -t $other -n ip link set d0 up
for one in all default v0 w0; do echo 0 > /proc/sys/net/ipv4/conf/$one/rp_filter; done
echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
ip link set v0 up; ip link set w0 arp off up
${ip} addr add ${own[0]}/${six ? "64" : "24"} dev v0 ${six ? "nodad" : ""}
${ip} addr add ${own[1]}/${six ? "64" : "24"} dev w0 ${six ? "nodad" : ""}
${ip} route add default dev w0
${clients.map((client) => `${ip} neigh add ${client} lladdr 02:00:00:00:00:02 dev v0`).join("\n")}
sleep 1.5
send() { nsenter -t $other -n python3 send.py $1; }
i=0
while [ -f $i.rules ]; do
${each}
  i=$((i+1))
done
`;
}

export function packetLine({ source, destination, protocol, sourcePort, destinationPort }: SentPacket): string {
  return [source, destination, protocol, sourcePort, destinationPort].join(" ");
}

/** send.py: sends what stands line by line in a file, as `packetLine` writes it. */
export const packetSender = `
import socket, struct, sys, time
def checksum(data):
    if len(data) % 2: data += b"\\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("c0", 0))
for line in open(sys.argv[1]):
    source, destination, protocol, sport, dport = line.split()
    six = ":" in source
    protocol, sport, dport = int(protocol), int(sport), int(dport)
    family = socket.AF_INET6 if six else socket.AF_INET
    a, b = socket.inet_pton(family, source), socket.inet_pton(family, destination)
    if protocol == 17: body = struct.pack("!HHHH", sport, dport, 12, 0) + b"data"
    else: body = struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 0x50, 2, 1000, 0, 0)
    pseudo = a + b + (struct.pack("!II", len(body), protocol) if six else struct.pack("!BBH", 0, protocol, len(body)))
    at = 6 if protocol == 17 else 16
    body = body[:at] + struct.pack("!H", checksum(pseudo + body)) + body[at + 2:]
    if six: head = struct.pack("!IHBB", 6 << 28, len(body), protocol, 64) + a + b
    else:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, protocol, 0) + a + b
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    ethernet = bytes.fromhex("020000000001020000000002") + (b"\\x86\\xdd" if six else b"\\x08\\x00")
    out.send(ethernet + head + body)
    time.sleep(0.001)
time.sleep(0.1)
`;
