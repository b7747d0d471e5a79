/** What a resource of a host knows of the claim under which the host is changed; see host/ownerRecord.ts. */
export interface ClaimReference {
  /** Random name of the claim, as the first word of the owner record on the host. */
  id: string;
  /** Content of the host's /etc/machine-id. */
  machineId: string;
  /** The machine is gone for good: nothing is done there any more. @default false */
  lost?: boolean;
}
