// %% [markdown]
// # Lesson 2: iptables or IPVS, measured
//
// "iptables is linear, IPVS is constant; take IPVS for large clusters." So the course notes say. Is it true? From which size on? And what exactly
// grows? Here you count for yourself, and you learn to tell a **count** from an **estimate** from a **measurement**.
//
// About 20 minutes. Write your answer at ✎ **before** you run the cell below it. You should have seen lesson 1.

// %% [markdown]
// ## Counting
//
// The kernel's work for a packet can be counted exactly: rules compared, look-ups, entries of a bucket. An experiment makes a cluster with N Services,
// sends the first packet of a connection to the **last** Service that kube-proxy has written, and counts. It has one node, so that one kernel
// does all the work.

// %%
import { costModels, estimate } from "@kubenetsim/network";
import { type Experiment, runExperiment } from "kubenetsim";
import { check } from "kubenetsim/lesson/check";

const firstPacket: Experiment = {
  name: "first-packet",
  title: "The first packet to the last of N Services",
  vary: { mode: ["iptables"], services: [1, 10, 100] },
  measures: ["rulesCompared"],
  seeds: ["lesson-2"],
};
console.log(String(runExperiment(firstPacket)));

// %% [markdown]
// ## Question 1
//
// **How many rules does the kernel compare with 1,000 Services?**

// %%
const thousand: number | undefined = 1015; // ✎ a number

// %%
/** One cell of the experiment: what is measured with these values. */
const count = (vary: Experiment["vary"], measure: Experiment["measures"][number] = "rulesCompared"): number => {
  const { results } = runExperiment({ ...firstPacket, vary, measures: [measure] });
  return results[0]!.measured[measure]!;
};
check("rules with 1,000 Services", thousand, count({ services: [1000] }), "each Service more is a rule more");

// %% [markdown]
// The last of N Services costs **15 + N** rules. Where do they come from? For Service number p:
//
// | chain | rules compared |
// | --- | --- |
// | nat PREROUTING | 1 |
// | nat KUBE-SERVICES | p + 1: `default/kubernetes` stands first, then p − 1 others, then its own |
// | nat KUBE-SVC-… and KUBE-SEP-… | 2 + 2 |
// | filter FORWARD and KUBE-FORWARD | 4 + 3 |
// | nat POSTROUTING and KUBE-POSTROUTING | 1 + 1 |
//
// Together 15 + p: a closed form. It counts which place the Service has, not how many there are.
//
// ## Exercise 1
//
// Among 499 Services a packet goes to the one in the middle, p = 250. **How many rules? And how many if it goes to no Service at all, out to
// the internet, so that KUBE-SERVICES is walked to its end (N + 2 rules) and the 2 + 2 rules of a Service are not?**

// %%
const inTheMiddle: number | undefined = 265; // ✎ a number
const toNoService: number | undefined = 511; // ✎ a number

// %%
check("p = 250", inTheMiddle, count({ services: [499], position: ["middle"] }), "15 + p");
check("no Service", toNoService, count({ services: [499], position: ["none"] }), "1 + (499 + 2) + 4 + 3 + 1 + 1");

// %% [markdown]
// So a packet to the internet pays for every Service in the cluster, if it is the first of its connection.
//
// ## IPVS
//
// IPVS looks the Service up in a hash table. **How many rules are compared with 1 and with 1,000 Services: the same number or not?**

// %%
const sameNumber: boolean | undefined = true; // ✎ true or false

// %%
const [small, large] = [1, 1000].map((services) => count({ mode: ["ipvs"], services: [services] }));
console.log(`rules compared in ipvs mode: ${small} with 1 Service, ${large} with 1,000`);
check("the same", sameNumber, small === large, "there is no rule for a Service");

// %% [markdown]
// Now both, in one picture. Both axes are logarithmic.

// %%
runExperiment({
  ...firstPacket,
  vary: { mode: ["iptables", "ipvs"], services: [1, 10, 100, 1000, 5000] },
  measures: ["rulesCompared", "setLookups", "hashLookups", "bucketEntriesCompared"],
  plot: { over: "services", measure: "rulesCompared", lines: "mode" },
});

// %% [markdown]
// ## Is IPVS constant?
//
// Nearly. Its table has 256 buckets, however many Services there are. A bucket is a list, and the newest Service stands first. So the **first**
// Service that was added has others of its bucket before it: 1 + ⌊(N − 1)/256⌋ entries are compared.
//
// ## Exercise 2
//
// **How many entries for the first of 5,000 Services?**

// %%
const entries: number | undefined = 20; // ✎ a number

// %%
const counted = count({ mode: ["ipvs"], services: [5000], position: ["first"] }, "bucketEntriesCompared");
check("entries of its bucket", entries, counted, "4,999 / 256 is 19.5");

// %% [markdown]
// It grows too, but 256 times slower, and an entry costs about as much as a rule. "Hash tables are O(1)" is true only of tables that grow.
//
// ## Question 2
//
// All of this was the **first** packet. **How many rules has the second packet of a connection to pass, with 1 and with 1,000 Services in
// iptables mode: as many as the first, or the same few for both?**

// %%
const secondPacket: string | undefined = "same few"; // ✎ "as many" or "same few"

// %%
const seconds = [1, 1000].map((services) => count({ services: [services], connection: ["established"] }));
console.log(`second packet: ${seconds.join(" and ")} rules`);
check("the second packet", secondPacket, seconds[0] === seconds[1] ? "same few" : "as many", "conntrack knows it");

// %% [markdown]
// A download of a million packets pays N once. What hurts are many short connections.
//
// ## Estimating
//
// Is a rule dear? Counts do not say. A **cost model** does: times that were measured once, on one machine, with the range that was seen. Counts times
// these constants are an **estimate**, never a fact: fair as a ratio, rough as a time.

// %%
const model = costModels["linux-6.1-uml"];
for (const [name, { ns, rangeNs }] of Object.entries(model.constants))
  console.log(`${name}: ${ns} ns (${rangeNs.join(" to ")})`);
console.log(`${model.kernel}; ${model.machine}; ${model.date}`);

// %% [markdown]
// NAT costs IPVS more than iptables (1,200 ns against 450 ns, with wide ranges), and rules cost 5.7 ns each.
//
// ## Question 3
//
// **From how many Services on is IPVS the cheaper one, by this estimate: about 10, 130, 1,000 or 10,000?** Think: what has iptables saved
// at the NAT, and how many rules are that?

// %%
const crossing: number | undefined = 130; // ✎ 10, 130, 1000 or 10000

// %%
const timed = runExperiment({
  ...firstPacket,
  name: "estimated",
  title: "The first packet, estimated",
  vary: { mode: ["iptables", "ipvs"], services: [1, 10, 100, 130, 140, 1000, 5000] },
  costModels: [model],
  plot: { over: "services", measure: model.name, lines: "mode" },
});
timed;

// %%
const nsOf = (mode: string, services: number): number => {
  const at = timed.results.find(({ parameters }) => parameters.mode === mode && parameters.services === services)!;
  const found = at.estimated![model.name]!;
  return "missing" in found ? Number.NaN : found.ns;
};
const sizes = [1, 10, 100, 130, 140, 1000, 5000];
const dearer = sizes.filter((services) => nsOf("iptables", services) > nsOf("ipvs", services));
const cheaper = sizes.filter((services) => nsOf("iptables", services) < nsOf("ipvs", services));
console.log(
  `iptables is estimated cheaper up to ${Math.max(...cheaper)} Services, dearer from ${Math.min(...dearer)} on`,
);
const near = [10, 130, 1000, 10000].find((services) => services >= Math.max(...cheaper));
check("the lines cross near", crossing, near!, "(1,200 − 450) / 5.7");

// %% [markdown]
// Below some 130 to 160 rules iptables is the cheaper one, **by estimate**. But look at the spread in the picture: the ranges overlap up to some 700
// Services (3.0 × (15 + N) + 40 ns against 2,239 ns). Only beyond that is IPVS cheaper whatever constants one takes from the ranges, and iptables
// never is. So nobody should take 134 for a law. What is certain is the shape: one line grows, the other does not.
//
// ## What real kernels showed
//
// Measured on 2026-11-23, two kernels, first packets to the last of N Services, in nanoseconds (docs/cost.md has all of it):
//
// | N | iptables-legacy, Linux 6.1 | iptables-nft, Linux 6.18 | IPVS, Linux 6.1 | counted: rules more than the first |
// | --- | --- | --- | --- | --- |
// | 10 | 2,717 | 4,942 | 6,029 | 9 |
// | 100 | 4,769 | 6,099 | 6,668 | 99 |
// | 1,000 | 8,696 | 23,172 | 3,623 | 999 |
// | 10,000 | 53,937 | 159,499 | 5,660 | 9,999 |
// | 20,000 | 117,777 | 355,723 | 5,425 | 19,999 |
//
// ## Exercise 3
//
// **From N = 10 to N = 20,000, how many nanoseconds does a rule cost in iptables-legacy? And in iptables-nft?** Round to whole numbers.

// %%
const legacyRule: number | undefined = 6; // ✎ whole nanoseconds
const nftRule: number | undefined = 18; // ✎ whole nanoseconds

// %%
const slope = (few: number, many: number): number => Math.round((many - few) / (20_000 - 10));
check("a rule of iptables-legacy", legacyRule, slope(2_717, 117_777), "(117,777 − 2,717) / 19,990 rules");
check("a rule of iptables-nft", nftRule, slope(4_942, 355_723), "(355,723 − 4,942) / 19,990 rules");

// %% [markdown]
// Careful: rows of such a table come from different runs, and runs differ by up to two times (look at IPVS: 6,029 with 10 Services, 3,623 with 1,000).
// The slope over all sizes is the sound number: 5.7 and 17 ns.
//
// ## Changing
//
// A Service changes. What does kube-proxy write? Objects are rules, chains, real servers, entries of sets.
//
// **With 1,000 Services, one loses its endpoint. How many objects does IPVS write: about 1, about 100, or about 1,000? And iptables?**

// %%
const ipvsWrites: string | undefined = "about 1"; // ✎ ipvs: "about 1", "about 100" or "about 1,000"
const iptablesWrites: string | undefined = "about 1,000"; // ✎ iptables: the same choice

// %%
const written = (mode: "iptables" | "ipvs"): string => {
  const objects = count({ mode: [mode], services: [1000] }, "objectsTouched");
  console.log(`${mode} writes ${objects}`);
  return objects < 10 ? "about 1" : objects < 500 ? "about 100" : "about 1,000";
};
check("ipvs", ipvsWrites, written("ipvs"), "one real server");
check("iptables", iptablesWrites, written("iptables"), "all of KUBE-SERVICES is written again");

// %% [markdown]
// ## Exercise 4: endpoints
//
// One Service with 100 endpoints. iptables throws dice rule by rule: 1/100, then 1/99 … **How many rules more than for one endpoint are
// compared on average?** And a scheduler such as lc: **how many servers does it look at?**

// %%
const rulesMore: number | undefined = 49.5; // ✎ a number: the mean of 0, 1, 2 … 99
const lcServers: number | undefined = 100; // ✎ a number

// %%
const places = Array.from({ length: 100 }, (_, passed) => passed);
check("rules more, on average", rulesMore, places.reduce((sum, passed) => sum + passed) / places.length, "(E − 1)/2");
const walked = count({ mode: ["ipvs"], services: [1], endpoints: [100], scheduler: ["lc"] }, "serversExamined");
check("servers that lc looks at", lcServers, walked, "all of them");

// %% [markdown]
// A rule that throws dice costs over ten times as much as a plain one in iptables-legacy, so a hundred endpoints can weigh more than five hundred
// Services:

// %%
const ofCounts = (rulesCompared: number, randomDraws: number): number => {
  const nothing = { matchesEvaluated: 0, chainsEntered: 0, setLookups: 0, hashLookups: 0, bucketEntriesCompared: 0 };
  const cost = { ...nothing, rulesCompared, randomDraws, serversExamined: 0, conntrackLookups: 1, natBindings: 1 };
  return Math.round(estimate(cost, "iptables", model).ns);
};
console.log(`the 500th Service, one endpoint:            about ${ofCounts(515, 0)} ns, an estimate by ${model.name}`);
console.log(
  `the first Service, the 50th of 100 endpoints: about ${ofCounts(16 + 49, 50)} ns, an estimate by ${model.name}`,
);

// %% [markdown]
// ## When to take which
//
// - Counted: iptables compares 15 + p rules for a first packet, IPVS 15 rules, 8 look-ups and N/256 entries. Established connections: no difference
//   that hangs on N.
// - Estimated: iptables is the cheaper one below some 130 to 160 Services; a cluster of a few hundred will hardly notice.
// - Measured: 5.7 ns a rule (legacy), 17 ns (nft). With 10,000 Services a new connection waits 50 to 160 µs; with IPVS some 6.
// - Changing a Service rewrites KUBE-SERVICES in iptables mode, and one entry in IPVS.
// - Schedulers are the other reason for IPVS: lesson 3.
