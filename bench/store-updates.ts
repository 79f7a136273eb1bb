import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { updateObject } from "@kubenetsim/core/apiserver/write-object";
import type { Pod } from "@kubenetsim/core/model/pod";
import { ChangeEvents } from "@kubenetsim/core/runtime/change-events";
import { type Block, comparePairs, consume, type Measure, nsBlock } from "./harness.ts";
import { podObject } from "./large-objects.ts";
import { PacketStream } from "./limit-loops.ts";

const updates = 20_000;

export function stateWithPods(pods: number): ClusterState {
  const state = emptyState();
  const objects = Array.from({ length: pods }, (_, i) => podObject(i));
  return { ...state, tables: { ...state.tables, Pod: state.tables.Pod.putAll(objects) } };
}

/** One Pod's readiness turned over by a recipe, and a listener told of it: nanoseconds. Of all Pods, or of the last so many. */
export function storeUpdates(pods: number, asked: number = pods): Block {
  let state = stateWithPods(pods);
  const keys = state.tables.Pod.keys().slice(-asked);
  const events = new ChangeEvents();
  events.watch(() => consume(1));
  const stream = new PacketStream();
  return nsBlock(updates, (count) => {
    for (let i = 0; i < count; i++) {
      const result = updateObject(state, "Pod", keys[stream.next() % asked]!, (draft) => {
        const [ready] = draft.status!.conditions!;
        ready!.status = ready!.status === "True" ? "False" : "True";
      })!;
      state = result.state;
      events.tell([result.change]);
    }
    return state.revision;
  });
}

/** The same write in a mutable Map of frozen objects, with a record of the change and one listener: nanoseconds. */
function mapUpdates(pods: number): Block {
  const objects = new Map<string, Pod>();
  for (let i = 0; i < pods; i++) objects.set(`default/pod-${i}`, podObject(i));
  const keys = [...objects.keys()];
  const listener = (change: { readonly before: Pod; readonly after: Pod }): void =>
    consume(change.after === change.before ? 0 : 1);
  const stream = new PacketStream();
  let revision = 0;
  return nsBlock(updates, (count) => {
    for (let i = 0; i < count; i++) {
      const key = keys[stream.next() % pods]!;
      const before = objects.get(key)!;
      const [ready, ...others] = before.status!.conditions!;
      const status = ready!.status === "True" ? "False" : "True";
      const after: Pod = {
        ...before,
        metadata: { ...before.metadata, resourceVersion: String(++revision) },
        status: { ...before.status!, conditions: [{ ...ready!, status }, ...others] },
      };
      objects.set(key, after);
      listener({ before, after });
    }
    return revision;
  });
}

export const storeMeasures: readonly Measure[] = [
  {
    id: "10",
    name: "one of 150,000 Pods changed in the store, a listener told, against a mutable Map",
    must: 20,
    aim: 8,
    run: (measure) =>
      comparePairs(measure, { candidate: storeUpdates(150_000), reference: mapUpdates(150_000), unit: "ns" }),
  },
];
