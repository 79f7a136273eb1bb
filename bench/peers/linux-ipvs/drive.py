#!/usr/bin/python3
"""Plays sequences of events with the IPVS of the kernel it runs on, and writes down what happened.

    drive.py SEQUENCES ANSWERS        (JSON lines; run.sh boots the kernel for it)

An answer is {"id", "picks", "states"} or {"id", "error"}. Each sequence has a network namespace of its own, in which clients,
the virtual server and the real servers are all local: a client connects from its address, and the local address of the
accepted connection is the real server that was picked. It is played against the clock, and again when something
else held it up.
"""
import ctypes, errno, json, os, select, socket, struct, subprocess, sys, time

import netlink

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNET = 0x40000000
LOOPBACK = 1
IP_PKTINFO, IPV6_RECVPKTINFO, IPV6_PKTINFO = 8, 49, 50
IP_RECVERR, IPV6_RECVERR = 11, 25
SCHEDULERS = "rr wrr lc wlc sed nq sh dh mh lblc lblcr fo ovf".split()
AT_ONCE = 8
TRIES = 6
LOST_AFTER = 0.1      # Seconds: nothing leaves the machine, so what has not come at once was dropped.
LATE_AFTER = 0.8      # Seconds that the events between two waits may take.
LATE_AT_LAST = 9      # Seconds that a sequence without waits may take: the shortest timeout is ten.
SETTLED_AFTER = 0.03  # Seconds, three ticks: what the kernel ends "now" it leaves to a timer or to a worker.


class Late(Exception):
    pass


def host_port(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Host:
    """One namespace with clients, the virtual server and listening real servers."""

    def __init__(self, sequence):
        self.sequence = sequence
        self.udp = sequence["proto"] == "udp"
        self.family = socket.AF_INET6 if ":" in sequence["vip"] else socket.AF_INET
        self.kind = socket.SOCK_DGRAM if self.udp else socket.SOCK_STREAM
        self.connections = []
        self.listeners = []
        self.used = set()
        self.kept = []

    def begin(self):
        sequence = self.sequence
        self.network()
        self.settings()
        self.key = netlink.service_key(sequence)
        self.define(netlink.NEW_SERVICE, sequence)
        for server in sequence["backends"]:
            self.ipvs.server(netlink.NEW_DEST, self.key, server)
        self.listeners = [self.listen(port) for port in sorted(self.ports())]

    def network(self):
        if libc.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        v4 = self.family == socket.AF_INET
        routes = netlink.Routes()
        routes.up(LOOPBACK)
        for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16") if v4 else ("fd00::/8",):
            routes.local(network, LOOPBACK)
        routes.close()
        self.ipvs = netlink.Ipvs()

    def leave(self):
        sockets = [one for pair in self.connections if pair for one in pair] + self.listeners + self.kept
        for one in sockets:
            if one:
                one.close()
        self.ipvs.close()

    def settings(self):
        family = "ipv6" if self.family == socket.AF_INET6 else "ipv4"
        self.sysctl(f"net/{family}/ip_nonlocal_bind", 1)
        self.sysctls(self.sequence.get("sysctls", {}))
        if "timeouts" in self.sequence:
            self.ipvs.timeouts(*self.sequence["timeouts"])

    def define(self, verb, scheduling):
        sequence = self.sequence
        persistence = scheduling if "persistent" in scheduling else sequence
        scheduler, flags, timeout = scheduling["scheduler"], scheduling.get("flags", []), persistence.get("persistent")
        netmask = netlink.packed_netmask(self.family, persistence.get("netmask"))
        self.ipvs.service(verb, self.key, scheduler, flags, timeout, netmask)

    def sysctls(self, values):
        for name, value in values.items():
            self.sysctl("net/ipv4/vs/" + name, value)

    def sysctl(self, path, value):
        with open("/proc/sys/" + path, "w") as file:
            file.write(str(value))

    def ports(self):
        servers = self.sequence["backends"] + [event["add"] for event in self.sequence["events"] if "add" in event]
        ports = {one["port"] for one in servers}
        edits = [event["setScheduler"] for event in self.sequence["events"] if "setScheduler" in event]
        if 0 in ports or any("persistent" in one for one in [self.sequence, *edits]):     # The client's own port may be kept.
            ports |= {event["open"].get("dport", self.sequence["vport"]) for event in self.sequence["events"] if "open" in event}
        return ports - {0}

    def listen(self, port):
        listener = socket.socket(self.family, self.kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self.udp and self.family == socket.AF_INET:
            listener.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        elif self.udp:
            listener.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        listener.bind(("", port))
        if not self.udp:
            listener.listen(1000)
        listener.setblocking(False)
        return listener

    def play(self, event):
        (verb, what), = event.items()
        if verb in ("close", "reset"):
            self.end(what, verb == "reset")
        elif verb == "add":
            self.ipvs.server(netlink.NEW_DEST, self.key, what)
        elif verb == "setWeight":
            self.ipvs.server(netlink.SET_DEST, self.key, what)
        elif verb == "remove":
            self.ipvs.server(netlink.DEL_DEST, self.key, what)
            self.settle(self.flushes())
        elif verb == "setScheduler":
            self.define(netlink.SET_SERVICE, what)
        elif verb == "setSysctls":
            self.sysctls(what)
        elif verb == "setTimeouts":
            self.ipvs.timeouts(*what)
        else:
            raise ValueError(verb)

    def open(self, wanted):
        """Where the connection ended up, or None."""
        client = socket.socket(self.family, self.kind)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if "fwmark" in self.sequence:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, self.sequence["fwmark"])
        # ICMP errors are heard of at once, not after more attempts.
        if self.family == socket.AF_INET:
            client.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        else:
            client.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        client.setblocking(False)
        place = wanted["src"], wanted["sport"]
        client.bind(place)
        target = wanted.get("dst", self.sequence["vip"]), wanted.get("dport", self.sequence["vport"])
        taken = self.taken(client) if self.send(client, target) else None
        if taken and taken[1] == host_port(*target):    # Nobody's virtual server: it went where it was sent.
            self.kept.append(taken[0])
            taken = None
        if taken is None:
            client.close()
        self.settle(place in self.used)
        self.used.add(place)
        self.connections.append(taken and (client, taken[0]))
        return taken and taken[1]

    def send(self, client, target):
        problem = client.connect_ex(target)
        if problem not in (0, errno.EINPROGRESS, errno.ECONNREFUSED):
            raise OSError(problem, f"connect to {target}")
        if self.udp:
            try:
                client.send(b"x")
            except PermissionError:     # Dropped before it left the host.
                return False
        return problem != errno.ECONNREFUSED

    def taken(self, client):
        """Waits until a server or an ICMP error has it."""
        readable, _, _ = select.select([*self.listeners, client], [], [], LOST_AFTER)
        accepted = [one for one in readable if one is not client]
        if not accepted:
            return None
        if self.udp:
            return self.received(accepted[0])
        server, _ = accepted[0].accept()
        return server, host_port(*server.getsockname()[:2])

    def received(self, listener):
        _, ancillary, _, _ = listener.recvmsg(100, 200)
        port = listener.getsockname()[1]
        for level, kind, data in ancillary:
            if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
                return None, host_port(socket.inet_ntop(socket.AF_INET, data[8:12]), port)
            if (level, kind) == (socket.IPPROTO_IPV6, IPV6_PKTINFO):
                return None, host_port(socket.inet_ntop(socket.AF_INET6, data[:16]), port)
        raise OSError("no destination address came with the datagram")

    def end(self, number, reset):
        if number >= len(self.connections) or self.connections[number] is None:
            return
        client, server = self.connections[number]
        self.connections[number] = None
        if reset and not self.udp:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        if reset:
            self.kept.append(server)    # Closed, it would send a FIN where the RST did not come through.
        elif server:
            server.close()

    def flushes(self):
        """Whether a server that goes may take its connections with it."""
        edits = [event.get("setSysctls", {}) for event in self.sequence["events"]]
        return any("expire_nodest_conn" in one for one in [self.sequence.get("sysctls", {}), *edits])

    def settle(self, something_ends):
        if something_ends:
            time.sleep(SETTLED_AFTER)

    def state(self):
        """Real server, weight, ActiveConn, InActConn, as the kernel lists them."""
        servers = []
        with open("/proc/thread-self/net/ip_vs") as file:
            rows = [line.split() for line in file]
        for row in rows:
            if len(row) == 6 and row[0] == "->" and row[1][:6] != "Remote":
                address, port = row[1].rsplit(":", 1)
                if address.startswith("["):
                    address = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(address.strip("[]").replace(":", "")))
                else:
                    address = socket.inet_ntoa(bytes.fromhex(address))
                servers.append([host_port(address, int(port, 16)), *map(int, row[3:6])])
        return servers


class Pace:
    """Waits end when they are planned to, whatever the events between them took. Without any no timeout is to be reached."""

    def __init__(self, events):
        self.late_after = LATE_AFTER if any("wait" in event for event in events) else LATE_AT_LAST
        self.begun = time.monotonic()
        self.planned = 0

    def check(self):
        if time.monotonic() > self.begun + self.planned + self.late_after:
            raise Late

    def wait(self, seconds):
        self.check()
        self.planned += seconds
        time.sleep(max(0, self.begun + self.planned - time.monotonic()))


def play(sequence):
    host = Host(sequence)
    try:
        host.begin()
        pace = Pace(sequence["events"])
        picks, states = [], [host.state()]
        for event in sequence["events"]:
            if "wait" in event:
                pace.wait(event["wait"])
            elif "open" in event:
                picks.append(host.open(event["open"]))
            else:
                host.play(event)
            states.append(host.state())
        pace.check()
        return {"id": sequence["id"], "picks": picks, "states": states}
    finally:
        host.leave()


def answer(sequence):
    for _ in range(TRIES):
        try:
            return play(sequence)
        except Late:
            pass
        except Exception as problem:
            return {"id": sequence["id"], "error": f"{type(problem).__name__}: {problem}"}
    return {"id": sequence["id"], "error": "the machine is too busy to play it on time"}


def work(plan, target, first):
    """Every so manieth sequence. Each namespace ends when the process makes the next one."""
    with open(plan) as lines:
        mine = [json.loads(line) for number, line in enumerate(lines) if number % AT_ONCE == first]
    out = os.open(target, os.O_WRONLY | os.O_APPEND)
    for sequence in mine:
        os.write(out, json.dumps(answer(sequence), separators=(",", ":")).encode() + b"\n")
        os.fsync(out)


def main(plan, target):
    for module in ["ip_vs"] + ["ip_vs_" + name for name in SCHEDULERS]:
        subprocess.run(["modprobe", module], check=True)
    for first in range(AT_ONCE):
        if os.fork() == 0:
            work(plan, target, first)
            os._exit(0)
    codes = [os.wait()[1] for _ in range(AT_ONCE)]
    sys.exit(1 if any(codes) else 0)


main(sys.argv[1], sys.argv[2])
