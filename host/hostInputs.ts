import type { ClaimReference } from "./claim";
import type { Connection } from "./connection";

/** What every resource of a host has among its inputs. */
export interface HostInputs {
  /** SSH connection to the host. A change of it alone is recorded and changes nothing on the host. */
  connection: Connection;
  /** The claim that holds the host. Another one is another machine, or another node on it: everything is done anew. */
  claim: ClaimReference;
}

/** Which resource of the program it is that has something on a host. */
export interface Instance {
  /** Random; another one for each resource that is made. Missing in a state of before there were any. */
  instance?: string;
}
