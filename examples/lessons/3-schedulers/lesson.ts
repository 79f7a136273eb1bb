// %% [markdown]
// # Lesson 3: the schedulers, pick by pick
//
// A scheduler (调度算法) answers one question: which server takes the next connection? IPVS has a dozen of them. At the end you can say
// what each would do next, which share each server gets, and when to take which.
//
// About 20 minutes. Write your answer at ✎ **before** you run the cell below it. The servers are A, B, C …, and IPVS puts a new one
// at the **head** of its list: C, B, A is the order in which it looks at three of them.

// %% [markdown]
// ## rr: round robin (轮询)
//
// Three servers, one connection.

// %%
import {
  Balance,
  disturbance,
  fairness,
  fairnessTable,
  formatPercent,
  lc,
  letterOf,
  manyClients,
  mh,
  nq,
  requestFrom,
  rr,
  type Scheduler,
  sed,
  serversOf,
  sh,
  statisticRandom,
  wlc,
  wrr,
} from "@kubenetsim/schedulers";
import { Cluster } from "kubenetsim";
import { check } from "kubenetsim/lesson/check";

/** The letters of the servers that take the next connections. */
const open = (lesson: Balance<unknown>, times: number): string =>
  Array.from({ length: times }, () => letterOf(lesson.open().server)).join("");

const three = ["10.244.0.2:80", "10.244.1.3:80", "10.244.2.4:80"];
console.log(`the first goes to ${open(new Balance(rr, three), 1)}`);

// %% [markdown]
// ## Question 1
//
// **Who takes the next five?**

// %%
const nextFive: string | undefined = "BACBA"; // ✎ five letters

// %%
const picked = open(new Balance(rr, three), 6);
check("rr goes on with", nextFive, picked.slice(1), "down the list C, B, A, and round again");

// %% [markdown]
// rr remembers one thing: where it stands. Nobody's load counts, nobody's weight, no client. Now B leaves, and D comes:

// %%
const afterChange: string | undefined = "DCAD"; // ✎ who takes the next four?

// %%
const turns = new Balance(rr, three);
open(turns, 6);
turns.remove("10.244.1.3:80");
turns.add("10.244.3.5:80");
check("after the change", afterChange, open(turns, 4), "A was the last, and D stands at the head of the list");

// %%
turns;

// %% [markdown]
// ## wrr: weighted round robin (加权轮询)
//
// A has weight 1, B 2, C 3. **Of every six connections, how many are A's, B's and C's?**

// %%
const ofSix: number[] | undefined = [1, 2, 3]; // ✎ three numbers

// %%
const weighted = three.map((address, i) => ({ address, weight: i + 1 }));
const passes = new Balance(wrr, weighted);
const six = open(passes, 6);
console.log(six);
check(
  "A, B and C have",
  ofSix,
  ["A", "B", "C"].map((letter) => six.split(letter).length - 1),
  "in proportion to the weights",
);

// %% [markdown]
// The order is not CCCBBA. wrr goes through its list again and again, each time with another limit: 1, 3, 2, and again 1, 3, 2. Only servers of at
// least that weight take a connection in that pass: first C, B and A, then C alone, then C and B. The limit is the current weight:

// %%
passes;

// %% [markdown]
// These shares are exact, not measured over a long time: after a period wrr is where it was.

// %%
console.log(fairnessTable(fairness(wrr, serversOf(wrr, weighted))));

// %% [markdown]
// ## Exercise 1
//
// **With weights 10, 20 and 30: after how many picks does it repeat itself?**

// %%
const period: number | undefined = 6; // ✎ a number

// %%
const tenfold = weighted.map(({ address, weight }) => ({ address, weight: weight * 10 }));
const { basis } = fairness(wrr, serversOf(wrr, tenfold));
check("the period is", period, basis.kind === "period" ? basis.length : 0, "what counts is the ratio of the weights");

// %% [markdown]
// ## lc: least connection (最少连接)
//
// Turns are fair when connections are alike. Six connections come to A, B and C, two each. Those of B and C end soon; those of A go on and on.
// **Who takes the next four with rr, and who with lc?**

// %%
const withTurns: string | undefined = "CBAC"; // ✎ four letters: rr
const withLeast: string | undefined = "CBCB"; // ✎ four letters: lc, the first in the list where equal

// %%
/** Six connections, of which A's two stay. */
const slowA = (scheduler: Scheduler<unknown>): Balance<unknown> => {
  const lesson = new Balance(scheduler, three);
  const connections = Array.from({ length: 6 }, () => lesson.open());
  for (const connection of connections) if (letterOf(connection.server) !== "A") lesson.close(connection);
  return lesson;
};
const least = slowA(lc);
check("rr", withTurns, open(slowA(rr), 4), "it does not see that A is busy");
check("lc", withLeast, open(least, 4), "A has two, the others none");

// %%
least;

// %% [markdown]
// What lc knows it pays for: it looks at **all** servers for each pick (in the table below the picture: the column `examined`). rr looks at one.
//
// ## wlc, sed and nq: weights and connections
//
// A small server A with weight 1 and a large one B with weight 5. Nothing ends. All three schedulers divide connections by weights, and differ in how
// they see an empty server:
//
// - wlc (加权最少连接): connections / weight. 0/1 is as good as 0/5.
// - sed (最短期望延迟): (connections + 1) / weight, as if the new one were there already.
// - nq (永不排队): an idle server first, else as sed.
//
// **Which connection is A's first with sed, counted from 1? And with nq?**

// %%
const firstWithSed: number | undefined = 6; // ✎ a number
const firstWithNq: number | undefined = 2; // ✎ a number

// %%
const smallAndLarge = [
  { address: "10.244.0.2:80", weight: 1 },
  { address: "10.244.1.3:80", weight: 5 },
];
const picksOf = (scheduler: Scheduler<unknown>): string => open(new Balance(scheduler, smallAndLarge), 12);
console.log(`wlc ${picksOf(wlc)}\nsed ${picksOf(sed)}\nnq  ${picksOf(nq)}`);
check("sed: A's first is number", firstWithSed, picksOf(sed).indexOf("A") + 1, "B has (5 + 1)/5 when A has (0 + 1)/1");
check("nq: A's first is number", firstWithNq, picksOf(nq).indexOf("A") + 1, "after the first, B is not idle any more");

// %% [markdown]
// sed keeps users off slow servers as long as the fast one is quicker; nq makes nobody wait while somebody is idle.
//
// ## sh and mh: the client decides (源地址哈希, 一致性哈希)
//
// sh hashes the client's address. **The same client comes back from another port. Does it meet the same server?**

// %%
const sameServer: boolean | undefined = true; // ✎ true or false

// %%
const hashed = new Balance(sh, three);
const [one, other] = ["172.16.0.1:40000", "172.16.0.1:50000"].map((client) => hashed.open(requestFrom(client)));
check("the same server", sameServer, one!.server === other!.server, "the port is not hashed");

// %% [markdown]
// Ten servers, 5,000 clients; one server is taken away. Its clients have to move. **How many of the others move, although their server
// is still there: hardly any, or most?**

// %%
const movedBySh: string | undefined = "most"; // ✎ sh: "hardly any" or "most"
const movedByMh: string | undefined = "hardly any"; // ✎ mh, which is Maglev: "hardly any" or "most"

// %%
const ten = Array.from({ length: 10 }, (_, i) => `10.244.${i}.2:80`);
const movedBy = (scheduler: Scheduler<unknown>): string => {
  const { moved } = disturbance(scheduler, serversOf(scheduler, ten), 4, "removed", manyClients(5000));
  console.log(`${scheduler.name}: ${formatPercent(moved)} move needlessly`);
  return Number(moved.numerator) / Number(moved.denominator) > 0.5 ? "most" : "hardly any";
};
check("sh", movedBySh, movedBy(sh), "its table is filled server by server, in the order of the list");
check("mh", movedByMh, movedBy(mh), "its table is made so that most places stay");

// %% [markdown]
// ## And iptables?
//
// kube-proxy's iptables mode has no scheduler: its rules throw dice for each connection. The shares are equal, but only in the long run.
// **In twelve connections to three servers, can one server get three in a row?**

// %%
const threeInARow: boolean | undefined = true; // ✎ true or false

// %%
const seeds = Array.from({ length: 5 }, (_, i) => open(new Balance(statisticRandom, three, { seed: i }), 12));
console.log(`dice: ${seeds.join("  ")}\nrr:   ${open(new Balance(rr, three), 12)}`);
check("three in a row", threeInARow, /(.)\1\1/.test(seeds.join(" ")), "look at the lines of the dice");

// %% [markdown]
// ## In a cluster
//
// `ipvs.scheduler` in kube-proxy's configuration names the scheduler of **all** Services. Let it be wrr. **Which weight does a Pod get?**

// %%
const weightOfPod: number | undefined = 1; // ✎ a number

// %%
const lab = Cluster.create({
  nodes: ["n1", "n2"],
  seed: "lesson-3",
  proxyMode: "ipvs",
  kubeProxy: { ipvs: { scheduler: "wrr" } },
});
lab.kubectl`create deployment web --image=nginx --port=80 --replicas=3`;
lab.kubectl`create service clusterip web --tcp=80:80`;
const listing = lab.node("n1").sh`ipvsadm -L -n | grep -A 3 wrr | tail -4`.stdout;
console.log(listing);
check(
  "a Pod's weight is",
  weightOfPod,
  Number(listing.match(/Masq +(\d+)/)![1]),
  "the column Weight; Kubernetes knows no weights of Pods",
);

// %% [markdown]
// All Pods weigh the same, so that in Kubernetes wrr picks like rr, and wlc like lc, until somebody takes a Pod out (weight 0).
//
// ## Exercise 2: choose
//
// **Which one do you take? Write rr, lc or mh.**

// %%
const forShort: string | undefined = "rr"; // ✎ short requests, all alike, and the pick must cost little
const forLong: string | undefined = "lc"; // ✎ connections last between a second and a day
const forCaches: string | undefined = "mh"; // ✎ each Pod keeps its clients' data in memory, and Pods come and go

// %%
check("short and alike", forShort, "rr", "nothing has to be counted where all are alike");
check("of very different length", forLong, "lc", "somebody has to look who is busy");
check("memory of clients", forCaches, "mh", "few clients may move");

// %% [markdown]
// ## What you know now
//
// | scheduler | looks at | cost of a pick | good for |
// | --- | --- | --- | --- |
// | rr, wrr | its turn, weights | 1, about 1 | short requests alike |
// | lc, wlc, sed, nq | connections | all servers | long or uneven connections |
// | sh, mh | the client | 1 | clients that must come back |
// | dice (iptables, nftables) | nothing | a draw for each rule passed; one | many connections |
//
// More of them, with their quirks and where they stand in the kernel's source, are in docs/schedulers.
