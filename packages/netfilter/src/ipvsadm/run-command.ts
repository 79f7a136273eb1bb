import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { IpvsDirector } from "../ipvs/director.ts";
import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import { listText } from "./list-text.ts";
import { type IpvsadmCommand, readIpvsadmCommand } from "./read-command.ts";
import { readSchedulerFlags } from "./read-values.ts";

/**
 * Does on a node's IPVS what `ipvsadm` (version 1.31) does with these words behind its name, and returns what it prints. A
 * command that is refused changes nothing.
 *
 * @example
 * runIpvsadm(director, ["-A", "-t", "10.96.0.10:80", "-s", "sh", "-b", "sh-port"]);
 * runIpvsadm(director, ["-a", "-t", "10.96.0.10:80", "-r", "10.244.0.2:8080", "-m", "-w", "3"]);
 * @throws ParseError with ipvsadm's message; UnsupportedError for what is not modelled
 */
export function runIpvsadm(director: IpvsDirector, words: readonly string[]): string {
  // Without a word it lists.
  const command = readIpvsadmCommand(words.length === 0 ? ["-L"] : words);
  const named = serviceOf(command);
  switch (command.name) {
    case "add-service":
      addService(director, command, named);
      return "";
    case "edit-service":
      requireService(director, named, "No such service");
      requireScheduler(director, command.scheduler);
      director.editVirtualServer({ ...named, ...settingsOf(command) });
      return "";
    case "delete-service":
      requireService(director, named, "No such service");
      director.deleteVirtualServer(named);
      return "";
    case "add-server":
    case "edit-server":
    case "delete-server":
      changeServer(director, command, named);
      return "";
    case "flush":
      director.load([]);
      return "";
    case "zero":
      if (command.kinds.has("service-address")) requireService(director, named, "No such service");
      director.clearCounters(command.kinds.has("service-address") ? named : undefined);
      return "";
    case "set":
      director.configure({ timeouts: command.timeouts! });
      return "";
    case "list":
    case "save":
      return listText(director, command, named);
    default:
      throw new UnsupportedError(`ipvsadm --${command.name}`, "a node's commands");
  }
}

function serviceOf({ service, fwmark, protocol, family }: IpvsadmCommand): VirtualServer {
  const anywhere = (family === "IPv6" ? "::" : "0.0.0.0") as IpAddress;
  return {
    protocol,
    address: service?.address ?? anywhere,
    port: service?.port ?? 0,
    ...(fwmark === undefined ? {} : { fwmark }),
    scheduler: "",
    schedulerFlags: [],
    persistenceTimeout: undefined,
    persistenceNetmask: undefined,
    realServers: [],
    origin: undefined,
  };
}

function settingsOf(command: IpvsadmCommand): Partial<VirtualServer> {
  const { scheduler, schedulerFlags, persistenceTimeout, netmask, family } = command;
  const wholeAddress = family === "IPv6" ? 128 : 32;
  if (Number.isNaN(netmask)) throw new UnsupportedError("a netmask with gaps", "ipvsadm -M");
  return {
    scheduler,
    schedulerFlags: readSchedulerFlags(schedulerFlags, scheduler),
    persistenceTimeout,
    persistenceNetmask: persistenceTimeout === undefined ? undefined : (netmask ?? wholeAddress),
  };
}

function addService(director: IpvsDirector, command: IpvsadmCommand, named: VirtualServer): void {
  const settings = settingsOf(command);
  if (director.has(named)) throw new ParseError("Service already exists");
  requireScheduler(director, command.scheduler);
  director.setVirtualServer({ ...named, ...settings });
}

function requireService(director: IpvsDirector, named: VirtualServer, otherwise: string): void {
  if (!director.has(named)) throw new ParseError(otherwise);
}

function requireScheduler(director: IpvsDirector, scheduler: string): void {
  if (director.schedulerNames.includes(scheduler)) return;
  const hint = `the schedulers are ${director.schedulerNames.join(", ")}`;
  throw new ParseError("Scheduler or persistence engine not found", { hint });
}

function changeServer(director: IpvsDirector, command: IpvsadmCommand, named: VirtualServer): void {
  const server = realServerOf(command);
  requireService(director, named, "Service not defined");
  const isThere = director
    .realServersOf(named)
    .some(({ realServer }) => realServer.address === server.address && realServer.port === server.port);
  if (command.name === "delete-server") {
    if (!isThere) throw new ParseError("No such destination");
    director.deleteRealServer(named, server.address, server.port);
    return;
  }
  if (server.lowerThreshold > server.upperThreshold) throw new ParseError("Numerical result out of range");
  if (command.name === "edit-server") {
    if (!isThere) throw new ParseError("No such destination");
    director.editRealServer(named, server);
    return;
  }
  if (isThere) throw new ParseError("Destination already exists");
  if (!isUnicast(server.address)) {
    throw new ParseError("Invalid operation.  Possibly wrong module version, address not unicast, ...");
  }
  director.addRealServer(named, server);
}

/** With direct routing and tunnels a real server has the port of the virtual one, unless that is a mark's. */
function realServerOf(command: IpvsadmCommand): RealServer {
  const { name, realServer, service, fwmark, forward, weight, upperThreshold, lowerThreshold } = command;
  const keepsPort = name !== "delete-server" && fwmark === undefined && forward !== "Masq";
  const port = keepsPort ? service?.port : realServer!.port;
  return { address: realServer!.address, port: port ?? 0, weight, forward, upperThreshold, lowerThreshold };
}

/** What ip_vs_new_dest takes, but for broadcast addresses of the node's own networks. */
function isUnicast(address: IpAddress): boolean {
  const words = addressWords(address);
  const first = words[0]! >>> 0;
  if (words.length === 1) return first !== 0 && first >>> 28 !== 0xe && first !== 0xffffffff;
  const isLinkLocal = first >>> 22 === 0xfe80 >>> 6;
  const isMapped = first === 0 && words[1] === 0 && words[2] === 0xffff;
  return first >>> 24 !== 0xff && !isLinkLocal && !isMapped && words.some((word) => word !== 0);
}
