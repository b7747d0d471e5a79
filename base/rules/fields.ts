// The rules of single values, by what they are values of, each with what is said of it. A stack's settings and a component's arguments
// are both put together of these, so that there is no second way in.

export * from "./clusterFields";
export * from "./hostFields";
export * from "./nodeFields";
