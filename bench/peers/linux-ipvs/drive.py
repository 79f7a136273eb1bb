#!/usr/bin/python3
"""Plays sequences of events with the IPVS of the kernel it runs on, and writes down what happened.

    drive.py SEQUENCES ANSWERS        (JSON lines; run.sh boots the kernel for it)

An answer is {"id", "picks", "states"} or {"id", "error"}. Each sequence has a network namespace of its own, in which clients,
the virtual server and the real servers are all local: a client connects from its address, and the local address of the
accepted connection is the real server that was picked. A sequence that waits is played against the clock: it is played again
when something else held it up.
"""
import errno, json, os, select, socket, struct, subprocess, sys, time

import ctypes
libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNET = 0x40000000
IP_PKTINFO, IPV6_RECVPKTINFO, IPV6_PKTINFO = 8, 49, 50
SCHEDULERS = "rr wrr lc wlc sed nq sh dh mh lblc lblcr fo ovf".split()
AT_ONCE = 4
TRIES = 6
LOST_AFTER = 0.1      # Seconds: nothing leaves the machine, so what has not come at once was dropped.
LATE_AFTER = 0.35     # Seconds that the events between two waits may take.
SETTLED_AFTER = 0.03  # Seconds, three ticks: what the kernel ends "now" it leaves to a timer or to a worker.


class Late(Exception):
    pass


class Refused(Exception):
    pass


def run(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()}")


def host_port(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Service:
    """What ipvsadm calls the virtual server and its real servers."""

    def __init__(self, sequence):
        self.sequence = sequence
        v6 = ":" in sequence["vip"]
        if "fwmark" in sequence:
            self.name = ["-f", str(sequence["fwmark"])] + (["-6"] if v6 else [])
        else:
            self.name = ["-t" if sequence["proto"] == "tcp" else "-u", host_port(sequence["vip"], sequence["vport"])]

    def define(self, verb, scheduler, flags):
        words = [verb, *self.name, "-s", scheduler]
        if flags:
            words += ["-b", ",".join(flags)]
        if "persistent" in self.sequence:
            words += ["-p", str(self.sequence["persistent"])]
        if "netmask" in self.sequence:
            words += ["-M", self.sequence["netmask"]]
        return words

    def server(self, verb, server):
        words = [verb, *self.name, "-r", host_port(server["ip"], server["port"])]
        if verb == "-d":
            return words
        words += ["-m", "-w", str(server["weight"])]
        for option, name in ("-x", "uthresh"), ("-y", "lthresh"):
            if name in server:
                words += [option, str(server[name])]
        return words


class Host:
    """One namespace with clients, the virtual server and listening real servers."""

    def __init__(self, sequence):
        self.sequence = sequence
        self.udp = sequence["proto"] == "udp"
        self.family = socket.AF_INET6 if ":" in sequence["vip"] else socket.AF_INET
        self.kind = socket.SOCK_DGRAM if self.udp else socket.SOCK_STREAM
        self.service = Service(sequence)
        self.connections = []
        self.used = set()
        self.kept = []
        self.network()
        self.settings()
        service, sequence = self.service, self.sequence
        lines = [service.define("-A", sequence["scheduler"], sequence["flags"])]
        lines += [service.server("-a", one) for one in sequence["backends"]]
        run(["ipvsadm", "-R"], "".join(" ".join(line) + "\n" for line in lines))
        self.listeners = [self.listen(port) for port in sorted(self.ports())]

    def network(self):
        if libc.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        if self.family == socket.AF_INET:
            routes = "".join(f"route add local {net} dev lo\n" for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
        else:
            routes = "route add local fd00::/8 dev lo\n"
        run(["ip", "-batch", "-"], "link set lo up\n" + routes)

    def settings(self):
        family = "ipv6" if self.family == socket.AF_INET6 else "ipv4"
        self.sysctl(f"net/{family}/ip_nonlocal_bind", 1)
        for name, value in self.sequence.get("sysctls", {}).items():
            self.sysctl("net/ipv4/vs/" + name, value)
        if "timeouts" in self.sequence:
            run(["ipvsadm", "--set", *map(str, self.sequence["timeouts"])])

    def sysctl(self, path, value):
        with open("/proc/sys/" + path, "w") as file:
            file.write(str(value))

    def ports(self):
        servers = self.sequence["backends"] + [event["add"] for event in self.sequence["events"] if "add" in event]
        ports = {one["port"] for one in servers}
        if 0 in ports or "persistent" in self.sequence:     # The client's own port may be kept.
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
        service = self.service
        if verb in ("close", "reset"):
            self.end(what, verb == "reset")
        elif verb == "add":
            run(["ipvsadm", *service.server("-a", what)])
        elif verb == "setWeight":
            run(["ipvsadm", *service.server("-e", what)])
        elif verb == "remove":
            run(["ipvsadm", *service.server("-d", what)])
            self.settle("expire_nodest_conn" in self.sequence.get("sysctls", {}))
        elif verb == "setScheduler":
            run(["ipvsadm", *service.define("-E", what["scheduler"], what.get("flags"))])
        else:
            raise ValueError(verb)

    def open(self, wanted):
        """Where the connection ended up, or None."""
        client = socket.socket(self.family, self.kind)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if "fwmark" in self.sequence:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, self.sequence["fwmark"])
        client.setblocking(False)
        place = wanted["src"], wanted["sport"]
        client.bind(place)
        target = wanted.get("dst", self.sequence["vip"]), wanted.get("dport", self.sequence["vport"])
        taken = self.taken(client) if self.send(client, target) else None
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
    """Waits end when they are planned to, whatever the events between them took."""

    def __init__(self, events):
        self.matters = any("wait" in event for event in events)
        self.begun = time.monotonic()
        self.planned = 0

    def check(self):
        if self.matters and time.monotonic() > self.begun + self.planned + LATE_AFTER:
            raise Late

    def wait(self, seconds):
        self.check()
        self.planned += seconds
        time.sleep(max(0, self.begun + self.planned - time.monotonic()))


def play(sequence):
    host = Host(sequence)
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


def answer(sequence):
    try:
        return play(sequence)
    except Late:
        return {"id": sequence["id"], "late": True}
    except Exception as problem:
        return {"id": sequence["id"], "error": f"{type(problem).__name__}: {problem}"}


def start(sequence, tries):
    """A process that plays it: a namespace ends with whoever made it."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(answer(sequence), pipe, separators=(",", ":"))
        os._exit(0)
    os.close(writing)
    return reading, (sequence, tries)


def finish(pipe):
    with os.fdopen(pipe) as file:
        text = file.read()
    os.wait()
    return json.loads(text)


def main(plan, target):
    for module in ["ip_vs"] + ["ip_vs_" + name for name in SCHEDULERS]:
        run(["modprobe", module])
    with open(plan) as lines:
        waiting = [(json.loads(line), 0) for line in lines]
    waiting.reverse()
    running = {}
    with open(target, "a") as out:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                pipe, what = start(*waiting.pop())
                running[pipe] = what
            for pipe in select.select(list(running), [], [])[0]:
                sequence, tries = running.pop(pipe)
                result = finish(pipe)
                if "late" in result and tries < TRIES:
                    waiting.append((sequence, tries + 1))
                    continue
                if "late" in result:
                    result = {"id": sequence["id"], "error": "the machine is too busy to play it on time"}
                out.write(json.dumps(result, separators=(",", ":")) + "\n")
                out.flush()
                os.fsync(out.fileno())


main(sys.argv[1], sys.argv[2])
