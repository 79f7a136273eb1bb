import type { IpFamily } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import {
  printBriefAddr,
  printBriefLink,
  printIpAddr,
  printIpLink,
  printOneLineAddr,
} from "@kubenetsim/network/format/ip-address-text";
import { type NodeDevice, nodeDevices } from "@kubenetsim/network/format/ip-devices";
import { printIpRoute } from "@kubenetsim/network/format/ip-route-text";
import { failed, type Program, printed } from "../shell/program.ts";
import type { NodeSystem } from "./node-shell.ts";

const known = "known are ip [-4|-6] [-br|-o] addr [show [dev] NAME], ip [-br] link [show [dev] NAME], ip [-4|-6] route";

/** `ip addr`, `ip link` and `ip route`, to look at; words may be as short as the real program takes them. */
export function ip(node: NodeSystem): Program {
  return (args) => {
    const view = readView(args);
    const { topology, host } = node.network();
    const devices = nodeDevices(topology, host);
    if (view.object === "route") return printed(printIpRoute(host, devices, view.family ?? "IPv4"));
    const shown = view.device === undefined ? devices : devices.filter(({ name }) => name === view.device);
    if (shown.length === 0) return failed(`Device "${view.device}" does not exist.`);
    return printed(view.object === "link" ? linkText(shown, view) : addressText(shown, view));
  };
}

interface View {
  readonly object: "address" | "link" | "route";
  readonly family: IpFamily | undefined;
  readonly isBrief: boolean;
  readonly isOneLine: boolean;
  readonly device: string | undefined;
}

function readView(args: readonly string[]): View {
  const options = args.filter((arg) => arg.startsWith("-"));
  const words = args.filter((arg) => !arg.startsWith("-"));
  const whole = `ip ${args.join(" ")}`;
  const isKnown = (option: string): boolean => /^-(?:4|6|o|oneline|br|brief)$/.test(option);
  const object = (["address", "link", "route"] as const).find(
    (name) => words[0] !== undefined && name.startsWith(words[0]),
  );
  const [, command = "show", ...rest] = words;
  const named = rest[0] === "dev" ? rest.slice(1) : rest;
  const isShown = ["show", "list", "lst"].some((name) => name.startsWith(command));
  if (object === undefined || !options.every(isKnown) || !isShown || named.length > (object === "route" ? 0 : 1)) {
    throw new UnsupportedError(`the command ${JSON.stringify(whole)}`, known);
  }
  return {
    object,
    family: options.includes("-6") ? "IPv6" : options.includes("-4") ? "IPv4" : undefined,
    isBrief: options.some((option) => option.startsWith("-br")),
    isOneLine: options.some((option) => option.startsWith("-o")),
    device: named[0],
  };
}

function addressText(devices: readonly NodeDevice[], { family, isBrief, isOneLine }: View): string {
  if (isBrief) return printBriefAddr(devices, { family });
  return isOneLine ? printOneLineAddr(devices, { family }) : printIpAddr(devices, { family });
}

function linkText(devices: readonly NodeDevice[], { isBrief, isOneLine }: View): string {
  if (isOneLine) throw new UnsupportedError("ip -o link", known);
  return isBrief ? printBriefLink(devices) : printIpLink(devices);
}
