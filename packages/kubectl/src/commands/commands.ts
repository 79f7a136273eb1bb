import type { Command } from "./command.ts";
import { create } from "./create/create.ts";
import { describe } from "./describe/describe.ts";
import { expose } from "./expose.ts";
import { get } from "./get.ts";
import { runPod } from "./run.ts";

/** Every command that there is. */
export const commands: readonly Command[] = [create, describe, expose, get, runPod];
