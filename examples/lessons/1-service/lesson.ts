// %% [markdown]
// # Lesson 1: a packet's way through a Service
//
// A Service has an address that no machine has. How does a packet that is sent there reach a Pod, and how does the answer find its
// way back? At the end you can read the rules that kube-proxy writes in iptables mode, and say which of them decided.
//
// About 20 minutes. Run the cells one after the other (Shift+Enter). Where you see ✎, write your answer **before** you run the
// cell below it. Nothing here can break: the cluster is computed, in this notebook.

// %% [markdown]
// ## The cluster
//
// Three nodes, three Pods of a web server, a Service in front of them, and a Pod that is the client: the commands are those that you would type
// at a real cluster.

// %%
import { toNumber } from "@kubenetsim/network";
import { Cluster } from "kubenetsim";
import { check } from "kubenetsim/lesson/check";

const lab = Cluster.create({ nodes: ["n1", "n2", "n3"], seed: "lesson-1" });
lab.kubectl`create deployment web --image=nginx --port=80 --replicas=3`;
lab.kubectl`create service clusterip web --tcp=80:80`;
lab.kubectl`run client --image=busybox`;
console.log(lab.kubectl`get pods,services -o wide`.stdout);

// %% [markdown]
// The Service finds its Pods by the label `app=web`. Its CLUSTER-IP is the address that clients use. The node `n1` has the network
// 10.244.1.0/24 for its Pods, `n2` has 10.244.2.0/24, `n3` has 10.244.3.0/24.
//
// ## Question 1
//
// The client's packet leaves its Pod with the Service's address as destination. **On which host does the destination become a Pod's address?**

// %%
const whoRewrites: string | undefined = "node n1"; // ✎ "pod default/client", "node n1", or the node of the Pod that answers, "node n3"?

// %% [markdown]
// Here is the packet's way, host by host.

// %%
const first = lab.pod("client").connect("svc/default/web:80");
first;

// %%
const rewriter = first.request.hops.find((hop) => hop.steps.some((step) => step.kind === "dnat"));
check("the destination is rewritten on", whoRewrites, rewriter?.host ?? "nobody", "look for DNAT above");

// %% [markdown]
// The **client's own node** does it, in its kernel: that is DNAT, destination network address translation (目的地址转换). There is no proxy
// process on the way, and the Service's address never travels between nodes. Every node has the rules, so every node can do it.
//
// ## The rules that decided
//
// kube-proxy has written them. All that it wrote for this Service, in the table `nat`:

// %%
const saved = lab.node("n1").sh`iptables-save -t nat | grep default/web`.stdout;
console.log(saved.replaceAll(/-m comment --comment "[^"]*" /g, "")); // the comments are left out

// %% [markdown]
// The same table as a picture, all of it, with the jumps from chain to chain:

// %%
lab.node("n1").rules("iptables", { table: "nat" });

// %% [markdown]
// Three kinds of chains:
//
// - `KUBE-SERVICES` has a rule for each Service: is the destination its address and port?
// - `KUBE-SVC-…` chooses one of its endpoints, by dice.
// - `KUBE-SEP-…` is one endpoint: it does the DNAT.
//
// **Which rule of `KUBE-SERVICES` took the packet of question 1?** Count from 1. Its way above says so, too.

// %%
const taken: number | undefined = 2; // ✎ the rule's number

// %%
const numbers = first.request.hops.flatMap(({ steps }) =>
  steps.flatMap((step) => (step.kind === "rule" && step.chain === "KUBE-SERVICES" ? [step.ruleNumber] : [])),
);
check("rule of KUBE-SERVICES", taken, numbers[0]!, "it has the Service's address behind -d");

// %% [markdown]
// ## Question 2
//
// The rules of `KUBE-SVC-…` are tried from top to bottom. With three endpoints the probabilities are 0.333, 0.5, and none at all for the last.
// **How many percent of all connections does the second endpoint get?**

// %%
const second: number | undefined = 33; // ✎ whole percent

// %%
const shares = lab.pod("client").shares("svc/default/web:80");
check(
  "percent",
  second,
  Math.round(100 * toNumber(shares[1]!.chance)),
  "it is asked only when the first rule did not hold",
);
shares;

// %% [markdown]
// 2/3 come as far as the second rule, and half of these are 1/3. The exact number is not quite a third: the kernel compares a random number of 31 bits
// with a threshold, and 2³¹ is not divisible by three.
//
// ## Exercise 1
//
// The Deployment grows to five Pods. **Which probability stands in the first rule now?**

// %%
const ofFive: number | undefined = 0.2; // ✎ a number between 0 and 1

// %%
lab.kubectl`scale deployment web --replicas=5`;
const dice = lab.node("n1").sh`iptables-save -t nat | grep -o "probability [0-9.]*"`.stdout;
console.log(dice);
check(
  "the first of five rules has",
  ofFive,
  Number(Number(dice.split(/\s/)[1]).toFixed(3)),
  "each of five gets the same",
);

// %% [markdown]
// ## The way back
//
// The Pod answers to the address that it sees, the client's, and signs with its own. But the client asked the Service. **Who puts the Service's
// address back: a rule, or something else?**

// %%
const whoPutsBack: string | undefined = "conntrack"; // ✎ "rule", "conntrack" or "client"?

// %%
const answer = first.reply!.hops.flatMap(({ host, steps }) =>
  steps.flatMap((step) => (step.kind === "snat" ? [{ host, ...step }] : [])),
);
for (const { host, by, before, after } of answer) console.log(`${host}: ${before.source} → ${after.source}, by ${by}`);
check("the source is put back by", whoPutsBack, answer[0]!.by, "no rule of the table nat is walked for an answer");

// %% [markdown]
// The kernel remembers each connection that it has translated (连接跟踪, conntrack). The table `nat` sees only the **first packet**; all
// others, and all answers, follow the memory. So the dice are rolled once a connection, not once a packet:

// %%
console.log(
  `rules compared: ${first.request.cost.rulesCompared} for the first packet, ${first.reply!.cost.rulesCompared} for its answer`,
);
console.log(lab.node("n1").sh`conntrack -L -p tcp`.stdout);

// %% [markdown]
// ## From outside: NodePort
//
// Nobody outside knows the cluster IP. A Service of type NodePort opens the same port on every node.

// %%
lab.kubectl`expose deployment web --name=front --type=NodePort --port=80`;
console.log(lab.kubectl`get service front`.stdout);
const nodePort = lab.get("Service", "default/front")!.spec.ports![0]!.nodePort!;

// %% [markdown]
// ## Question 3
//
// A client outside, 192.168.10.100, connects to `n1`, which is 192.168.10.11. The dice choose a Pod on another node.
// **Which source address does that Pod see?**

// %%
const seen: string | undefined = "192.168.10.11"; // ✎ an address

// %%
const toPort = (node: string) => lab.external("192.168.10.100").connect(`${node}:${nodePort}`);
let outside = toPort("192.168.10.11");
while (outside.request.hops.length < 4) outside = toPort("192.168.10.11"); // until it is a Pod of another node
outside;

// %%
check("the Pod sees", seen, outside.received!.source, "look at the SNAT on n1");

// %% [markdown]
// The node puts its own address in place of the client's: **masquerading** (源地址伪装). It has to: if the Pod answered the client directly, the
// answer would not pass `n1`, nobody would put the node port back, and the client would refuse an answer from a stranger. The price: the Pod does
// not know who asked.
//
// Two rules do it, in two places. `KUBE-MARK-MASQ` marks the packet early, with 0x4000, and `KUBE-POSTROUTING` masquerades what has the mark:

// %%
console.log(
  lab.node("n1").sh`iptables-save -t nat | grep -E "KUBE-MARK-MASQ -j|A KUBE-POSTROUTING|KUBE-EXT-.*MARK"`.stdout,
);

// %% [markdown]
// ## Exercise 2
//
// With `externalTrafficPolicy: Local` a node sends only to its own Pods, and needs no masquerading. **Which source does the Pod see now?**

// %%
const seenLocally: string | undefined = "192.168.10.100"; // ✎ an address

// %%
lab.kubectl('patch service front -p \'{"spec":{"externalTrafficPolicy":"Local"}}\'');
const local = toPort("192.168.10.11");
check("with policy Local the Pod sees", seenLocally, local.received!.source, "nothing is masqueraded now");

// %% [markdown]
// ## Exercise 3
//
// Now the Deployment shrinks to one Pod. **What becomes of a connection to a node that has none?** `rejected` means that the client is told at
// once, `dropped` that it hears nothing and waits.

// %%
const onEmptyNode: string | undefined = "dropped"; // ✎ "delivered", "rejected" or "dropped"?

// %%
lab.kubectl`scale deployment web --replicas=1`;
console.log(lab.kubectl`get pods -l app=web -o wide`.stdout);
const outcomes = ["192.168.10.11", "192.168.10.12", "192.168.10.13"].map(toPort);
for (const { sent, disposition, reason } of outcomes) console.log(`${sent.destination}: ${disposition}: ${reason}`);
const elsewhere = outcomes.find(({ disposition }) => disposition !== "delivered")!;
check(
  "a node without a Pod of the Service:",
  onEmptyNode,
  elsewhere.disposition,
  "there is a rule for it in the table filter",
);

// %% [markdown]
// It is dropped, so that a load balancer which has not yet noticed tries again elsewhere rather than telling the client that the service is gone.
// And with no Pod at all?

// %%
const withNobody: string | undefined = "rejected"; // ✎ "delivered", "rejected" or "dropped"?

// %%
lab.kubectl`scale deployment web --replicas=0`;
const nobody = lab.pod("client").connect("svc/default/web:80");
console.log(nobody.reason);
check("a Service without Pods:", withNobody, nobody.disposition, "the reason stands above");

// %% [markdown]
// ## What you know now
//
// - The client's node rewrites the destination: `KUBE-SERVICES` finds the Service, `KUBE-SVC-…` rolls dice, `KUBE-SEP-…` does the DNAT.
// - Rules are walked for the first packet only. Conntrack does the rest, and turns the answer back.
// - From outside, the node masquerades; `externalTrafficPolicy: Local` keeps the client's address, and drops where there is no Pod.
// - A Service without Pods is rejected at once.
//
// Try your own: `lab.kubectl` takes what kubectl takes, and `lab.pod("client").curl("http://web")` asks as curl does. Next: lesson 2,
// what all this costs with ten thousand Services.
