import { annotate } from "./annotate.ts";
import type { Command } from "./command.ts";
import { create } from "./create/create.ts";
import { deleteCommand } from "./delete.ts";
import { describe } from "./describe/describe.ts";
import { expose } from "./expose.ts";
import { get } from "./get/get.ts";
import { label } from "./label.ts";
import { runPod } from "./run.ts";

/** Every command that there is. */
export const commands: readonly Command[] = [annotate, create, deleteCommand, describe, expose, get, label, runPod];
