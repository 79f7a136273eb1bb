import { parseAddress } from "@kubenetsim/core/net/address";
import type { Dispenser } from "../../corefile/dispenser.ts";
import { durationOf, formatDuration } from "../../corefile/duration.ts";
import { integerOf, unsignedOf } from "../../corefile/integer.ts";
import { normalizedZone, originsOf } from "../../corefile/zone-and-port.ts";
import { isDomainName } from "../../message/dns-name.ts";
import { parseRcode, type Rcode } from "../../message/rcode.ts";
import type { DnsName } from "../../message/resource-record.ts";
import { readUpstreams, type UpstreamAddress } from "./upstream-address.ts";

/** One `forward` line. */
export interface ForwardSettings {
  from: DnsName;
  except: DnsName[];
  upstreams: readonly UpstreamAddress[];
  policy: "random" | "round_robin" | "sequential";
  forceTcp: boolean;
  preferUdp: boolean;
  /** Failed probes after which an upstream counts as down; 0 for never. */
  maxFails: number;
  /** Undefined for two for each upstream; 0 for as many as there is time for. */
  maxConnectAttempts: number | undefined;
  probe: { intervalMs: number; domain: DnsName; recursionDesired: boolean };
  readTimeoutMs: number;
  maxConcurrent: number;
  failfast: boolean;
  failover: Rcode[];
  nextOn: Rcode[];
  nextOnNoData: boolean;
}

/** @throws ParseError as plugin/forward/setup.go words it; UnsupportedError for upstreams by name or over TLS */
export function readForwards(words: Dispenser, readFile: (path: string) => string | undefined): ForwardSettings[] {
  const forwards: ForwardSettings[] = [];
  while (words.next()) forwards.push(readForward(words, readFile));
  return forwards;
}

function readForward(words: Dispenser, readFile: (path: string) => string | undefined): ForwardSettings {
  if (!words.nextArg()) throw words.argErr();
  const text = words.val();
  const from = originsOf([text], [])[0];
  if (from === undefined) throw words.plainErr(`unable to normalize '${text}'`);
  const to = words.remainingArgs();
  if (to.length === 0) throw words.argErr();
  const settings: ForwardSettings = { ...defaults(), from };
  const ages = { expireMs: 10_000, maxAgeMs: 0 };
  while (words.nextBlock()) readOption(words, settings, ages);
  if (ages.maxAgeMs > 0 && ages.maxAgeMs < ages.expireMs) {
    const [age, expire] = [ages.maxAgeMs, ages.expireMs].map(formatDuration);
    throw words.plainErr(`max_age (${age}) must not be less than expire (${expire})`);
  }
  settings.upstreams = readUpstreams(words, to, readFile);
  if (settings.upstreams.length === 0) throw words.plainErr("no valid upstream addresses found");
  if (to.length > 15) throw words.plainErr(`more than 15 TOs configured: ${to.length}`);
  return settings;
}

function defaults(): Omit<ForwardSettings, "from"> {
  return {
    except: [],
    upstreams: [],
    policy: "random",
    forceTcp: false,
    preferUdp: false,
    maxFails: 2,
    maxConnectAttempts: undefined,
    probe: { intervalMs: 500, domain: ".", recursionDesired: true },
    readTimeoutMs: 2000,
    maxConcurrent: 0,
    failfast: false,
    failover: [],
    nextOn: [],
    nextOnNoData: false,
  };
}

function readOption(words: Dispenser, settings: ForwardSettings, ages: { expireMs: number; maxAgeMs: number }): void {
  const option = words.val();
  if (readFlag(words, settings)) return;
  if (option === "except") settings.except.push(...originsOf(someArguments(words), []));
  else if (option === "max_fails") settings.maxFails = unsigned(words);
  else if (option === "max_connect_attempts") settings.maxConnectAttempts = unsigned(words);
  else if (option === "health_check") readProbe(words, settings);
  else if (option === "policy") readPolicy(words, settings);
  else if (option === "max_concurrent") settings.maxConcurrent = notNegative(words, option);
  else if (option === "max_idle_conns") notNegative(words, option);
  else if (option === "expire") ages.expireMs = notNegativeDuration(words, option);
  else if (option === "max_age") ages.maxAgeMs = notNegativeDuration(words, option);
  else if (option === "read_timeout") settings.readTimeoutMs = readTimeout(words);
  else if (option === "next") settings.nextOn.push(...rcodes(words));
  else if (option === "failover") {
    const named = rcodes(words);
    if (named.includes("NOERROR")) throw words.plainErr("NoError cannot be used in failover");
    settings.failover.push(...named);
  } else readWithoutEffect(words, option);
}

/** Options without an argument. True where it is one. */
function readFlag(words: Dispenser, settings: ForwardSettings): boolean {
  const option = words.val();
  if (option === "force_tcp") settings.forceTcp = true;
  else if (option === "prefer_udp") settings.preferUdp = true;
  else if (option === "next_on_nodata") settings.nextOnNoData = true;
  else if (option === "failfast_all_unhealthy_upstreams") settings.failfast = true;
  else return false;
  if (words.nextArg()) throw words.argErr();
  return true;
}

/** Options that say how connections are made, which decides nothing about answers. */
function readWithoutEffect(words: Dispenser, option: string): void {
  if (option === "tls") {
    if (words.remainingArgs().length > 3) throw words.argErr();
  } else if (option === "tls_servername") argument(words);
  else if (option === "doh_method") {
    const method = argument(words);
    if (method !== "POST" && method !== "GET") throw words.plainErr("doh_method must be either POST or GET");
  } else if (option === "resolver") {
    for (const arg of someArguments(words)) {
      const host = /^(?:\[([^\]]+)\]|([^:]+)):\d+$/.exec(arg);
      if (parseAddress(host?.[1] ?? host?.[2] ?? arg) === undefined) {
        throw words.plainErr(`resolver must be an IP address or IP:port: "${arg}"`);
      }
    }
  } else if (option === "source_address") {
    const address = argument(words);
    if (parseAddress(address) === undefined) throw words.err(`invalid IP address: ${address}`);
  } else throw words.err(`unknown property '${option}'`);
}

function readProbe(words: Dispenser, settings: ForwardSettings): void {
  const intervalMs = duration(words);
  if (intervalMs < 0) throw words.plainErr(`health_check can't be negative: ${intervalMs * 1e6}`);
  settings.probe = { ...settings.probe, intervalMs, domain: "." };
  while (words.nextArg()) {
    const option = words.val();
    if (option === "no_rec") settings.probe.recursionDesired = false;
    else if (option === "domain") {
      const domain = argument(words);
      if (!isDomainName(domain)) throw words.plainErr(`health_check: invalid domain name ${domain}`);
      settings.probe.domain = normalizedZone(domain);
    } else throw words.plainErr(`health_check: unknown option ${option}`);
  }
}

function readPolicy(words: Dispenser, settings: ForwardSettings): void {
  const policy = argument(words);
  if (policy !== "random" && policy !== "round_robin" && policy !== "sequential") {
    throw words.err(`unknown policy '${policy}'`);
  }
  settings.policy = policy;
}

function readTimeout(words: Dispenser): number {
  const timeout = duration(words);
  if (timeout <= 0) throw words.plainErr(`read_timeout must be positive: ${formatDuration(timeout)}`);
  return timeout;
}

function rcodes(words: Dispenser): Rcode[] {
  return someArguments(words).map((name) => {
    const rcode = parseRcode(name);
    if (rcode === undefined) throw words.plainErr(`${name} is not a valid rcode`);
    return rcode;
  });
}

function notNegative(words: Dispenser, option: string): number {
  const number = integerOf(argument(words), (problem) => words.plainErr(problem));
  if (number < 0) throw words.plainErr(`${option} can't be negative: ${number}`);
  return number;
}

function notNegativeDuration(words: Dispenser, option: string): number {
  const length = duration(words);
  if (length < 0) throw words.plainErr(`${option} can't be negative: ${formatDuration(length)}`);
  return length;
}

function unsigned(words: Dispenser): number {
  return unsignedOf(argument(words), 32, (problem) => words.plainErr(problem));
}

function duration(words: Dispenser): number {
  return durationOf(argument(words), (problem) => words.plainErr(problem));
}

function argument(words: Dispenser): string {
  if (!words.nextArg()) throw words.argErr();
  return words.val();
}

function someArguments(words: Dispenser): string[] {
  const args = words.remainingArgs();
  if (args.length === 0) throw words.argErr();
  return args;
}
