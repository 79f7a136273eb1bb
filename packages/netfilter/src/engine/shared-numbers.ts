import { ChainNumbers } from "./chain-numbers.ts";
import { ConditionNumbers } from "./condition-numbers.ts";

/** The numbers of chains and conditions. Given to the kernels of many hosts, one can take over the rules of another. */
export class SharedNumbers {
  readonly conditions: ConditionNumbers = new ConditionNumbers();
  readonly v4: ChainNumbers = new ChainNumbers("IPv4");
  readonly v6: ChainNumbers = new ChainNumbers("IPv6");
}
