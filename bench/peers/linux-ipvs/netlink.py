"""The few netlink messages that a sequence takes: lo and its routes, IPVS's services and servers (linux/ip_vs.h)."""
import os, socket, struct

REQUEST, ACK, REPLACE, CREATE = 1, 4, 0x100, 0x400
ERROR, NEW_LINK, NEW_ROUTE, CONTROL = 2, 16, 24, 16
GET_FAMILY, FAMILY_ID, FAMILY_NAME = 3, 1, 2
NESTED = 0x8000

NEW_SERVICE, SET_SERVICE, NEW_DEST, SET_DEST, DEL_DEST, SET_CONFIG = 1, 2, 5, 6, 7, 12
CMD_SERVICE, CMD_DEST, CMD_TCP, CMD_TCP_FIN, CMD_UDP = 1, 2, 4, 5, 6
SVC_AF, SVC_PROTOCOL, SVC_ADDR, SVC_PORT, SVC_FWMARK, SVC_SCHED, SVC_FLAGS, SVC_TIMEOUT, SVC_NETMASK = range(1, 10)
DEST_ADDR, DEST_PORT, DEST_FWD, DEST_WEIGHT, DEST_UPPER, DEST_LOWER = range(1, 7)
DEST_AF = 11
PERSISTENT = 1
SCHEDULER_FLAGS = {"sh-fallback": 8, "sh-port": 16, "mh-fallback": 8, "mh-port": 16}


class Refused(Exception):
    pass


def attribute(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def number(kind, value):
    return attribute(kind, struct.pack("I", value))


def short(kind, value):
    return attribute(kind, struct.pack("H", value))


def port(kind, value):
    return attribute(kind, struct.pack("!H", value))


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def packed(address):
    return socket.inet_pton(family_of(address), address)


class Netlink:
    """A socket into the network namespace in which it was made."""

    def __init__(self, protocol):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)

    def close(self):
        self.socket.close()

    def ask(self, kind, flags, body, what):
        self.socket.send(struct.pack("IHHII", 16 + len(body), kind, REQUEST | flags, 1, 0) + body)
        answer = self.socket.recv(65536)
        if struct.unpack_from("H", answer, 4)[0] == ERROR:
            code = struct.unpack_from("i", answer, 16)[0]
            if code:
                raise Refused(f"{what}: {os.strerror(-code)}")
        return answer


class Routes(Netlink):
    def __init__(self):
        super().__init__(socket.NETLINK_ROUTE)

    def up(self, index):
        self.ask(NEW_LINK, ACK, struct.pack("BxHiII", 0, 0, index, 1, 1), "link up")

    def local(self, network, device):
        """Everything in the network is this host."""
        address, length = network.split("/")
        header = struct.pack("BBBBBBBBI", family_of(address), int(length), 0, 0, 255, 3, 254, 2, 0)
        self.ask(NEW_ROUTE, ACK | CREATE, header + attribute(1, packed(address)) + number(4, device), f"route {network}")


class Ipvs(Netlink):
    def __init__(self):
        super().__init__(16)
        name = self.ask(CONTROL, 0, struct.pack("BBH", GET_FAMILY, 1, 0) + attribute(FAMILY_NAME, b"IPVS\0"), "IPVS")
        at = 20
        while at < len(name):
            length, kind = struct.unpack_from("HH", name, at)
            if kind == FAMILY_ID:
                self.family = struct.unpack_from("H", name, at + 4)[0]
            at += (length + 3) & ~3

    def command(self, verb, body):
        self.ask(self.family, ACK, struct.pack("BBH", verb, 1, 0) + body, f"IPVS command {verb}")

    def service(self, verb, key, scheduler, flags, persistent, netmask):
        bits = sum(SCHEDULER_FLAGS[flag] for flag in flags) | (PERSISTENT if persistent else 0)
        body = key + attribute(SVC_SCHED, scheduler.encode() + b"\0")
        body += attribute(SVC_FLAGS, struct.pack("II", bits, 0xFFFFFFFF)) + number(SVC_TIMEOUT, persistent or 0)
        self.command(verb, attribute(CMD_SERVICE | NESTED, body + attribute(SVC_NETMASK, netmask)))

    def server(self, verb, key, server):
        body = short(DEST_AF, family_of(server["ip"]))
        body += attribute(DEST_ADDR, packed(server["ip"])) + port(DEST_PORT, server["port"])
        if verb != DEL_DEST:
            body += number(DEST_FWD, 0) + number(DEST_WEIGHT, server["weight"])
            body += number(DEST_UPPER, server.get("uthresh", 0)) + number(DEST_LOWER, server.get("lthresh", 0))
        self.command(verb, attribute(CMD_SERVICE | NESTED, key) + attribute(CMD_DEST | NESTED, body))

    def timeouts(self, tcp, tcp_fin, udp):
        self.command(SET_CONFIG, number(CMD_TCP, tcp) + number(CMD_TCP_FIN, tcp_fin) + number(CMD_UDP, udp))


def service_key(sequence):
    """What names the virtual server in every command."""
    family = family_of(sequence["vip"])
    if "fwmark" in sequence:
        return short(SVC_AF, family) + number(SVC_FWMARK, sequence["fwmark"])
    protocol = socket.IPPROTO_TCP if sequence["proto"] == "tcp" else socket.IPPROTO_UDP
    key = short(SVC_AF, family) + short(SVC_PROTOCOL, protocol) + attribute(SVC_ADDR, packed(sequence["vip"]))
    return key + port(SVC_PORT, sequence["vport"])


def packed_netmask(family, netmask):
    """IPv4: the mask; IPv6: the length of the prefix."""
    if family == socket.AF_INET6:
        return struct.pack("I", int(netmask or 128))
    return packed(netmask or "255.255.255.255")
