/** Names of resources: `urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME`. Source: sdk/go/common/resource/urn. */
export const stackType = "pulumi:pulumi:Stack";
const providerPrefix = "pulumi:providers:";

/** The type chain of a URN, ancestors first, joined by `$`. */
const qualifiedType = (urn: string): string => urn.split("::")[2] ?? "";
export const typeOf = (urn: string): string => qualifiedType(urn).split("$").at(-1) ?? "";
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

export function createUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = qualifiedType(parent);
  const prefix = parentType === "" || parentType === stackType ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

export const isProviderType = (type: string): boolean => type.startsWith(providerPrefix);
export const providerType = (packageName: string): string => providerPrefix + packageName;

/** The package a type belongs to: for a provider's own type the package it provides, else the part before `:`. */
export const packageOf = (type: string): string =>
  isProviderType(type) ? type.slice(providerPrefix.length) : (type.split(":")[0] ?? "");

/** Default providers are made by the engine; as with Pulumi they are neither shown nor counted. */
export const isDefaultProvider = (urn: string): boolean =>
  isProviderType(typeOf(urn)) && /^default(_|$)/.test(nameOf(urn));

/** The name Pulumi gives the default provider of a package at a version: `default`, `default_1_2_1`. */
export const defaultProviderName = (version: string): string =>
  version === "" ? "default" : `default_${version.replace(/^v/, "").replaceAll(/[.+-]/g, "_")}`;

/** A provider as resources refer to it, `URN::ID`; the id of one to be created is not known in a preview. */
export const formatReference = ({ urn, id }: { urn: string; id: string }): string => `${urn}::${id}`;

/** The URN in a provider reference; empty for an empty reference. */
export const providerUrn = (reference: string): string => reference.slice(0, Math.max(0, reference.lastIndexOf("::")));
