import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { ProxyCase } from "@kubenetsim/testing";

/** What the real kube-proxy did in one step, by `iptables-save`, `ip6tables-save`, `nft-ip`, `nft-ip6`. */
export interface PeerStep {
  /** As the tool prints it after the step. */
  readonly dumps: Readonly<Record<string, string>>;
  /** What was fed to `iptables-restore` or `nft -f`, in order. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
}

export interface PeerAnswer {
  readonly error?: string;
  /** After the start, then after each step; null when it failed. */
  readonly steps: readonly PeerStep[] | null;
}

/** A case with what the real kube-proxy answered: a file of test/live/cases. */
export interface RecordedLife {
  readonly case: ProxyCase;
  readonly answer: PeerAnswer;
}

/**
 * Runs the real kube-proxy on cases, each in a network namespace of its own, as many processes at once as there are
 * workers; the answers stand in the order of the cases.
 */
export async function askPeer(
  program: string,
  cases: readonly ProxyCase[],
  workers = 2,
  answered: (count: number) => void = () => undefined,
): Promise<readonly PeerAnswer[]> {
  const answers: PeerAnswer[] = Array.from({ length: cases.length });
  let count = 0;
  const shares = Array.from({ length: Math.min(workers, cases.length) }, (_, worker) =>
    cases.map((one, place) => ({ one, place })).filter(({ place }) => place % workers === worker),
  );
  await Promise.all(
    shares.map((share) =>
      askOne(program, share, (place, answer) => {
        answers[place] = answer;
        answered(++count);
      }),
    ),
  );
  return answers;
}

async function askOne(
  program: string,
  share: readonly { readonly one: ProxyCase; readonly place: number }[],
  take: (place: number, answer: PeerAnswer) => void,
): Promise<void> {
  const child = spawn(program, ["rules"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => undefined);
  child.stdin.end(share.map(({ one, place }) => `${JSON.stringify({ id: String(place), ...one })}\n`).join(""));
  const left = new Set(share.map(({ place }) => place));
  for await (const line of createInterface({ input: child.stdout })) {
    const answer = JSON.parse(line) as PeerAnswer & { readonly id: string };
    left.delete(Number(answer.id));
    take(Number(answer.id), answer);
  }
  for (const place of left) take(place, { error: "the peer gave no answer", steps: null });
}
