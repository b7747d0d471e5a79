/** What a taint does to pods that do not tolerate it. */
export const taintEffects = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

/** One of {@link taintEffects}. */
export type TaintEffect = (typeof taintEffects)[number];

/** A taint as in Node.spec.taints. @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export interface Taint {
  key: string;
  /** Default: no value. */
  value?: string;
  effect: TaintEffect;
}
