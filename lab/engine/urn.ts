/** Names of resources: `urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME`. Source: sdk/go/common/resource/urn. */
import { unknownValue } from "./values";

export const stackType = "pulumi:pulumi:Stack";
const providerPrefix = "pulumi:providers:";

/** The type chain of a URN, ancestors first, joined by `$`. */
export const qualifiedType = (urn: string): string => urn.split("::")[2] ?? "";
export const typeOf = (urn: string): string => qualifiedType(urn).split("$").at(-1) ?? "";
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

export function createUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parent === "" ? "" : qualifiedType(parent);
  const prefix = parentType === "" || parentType === stackType ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

export const isProviderType = (type: string): boolean => type.startsWith(providerPrefix);
export const providerType = (packageName: string): string => providerPrefix + packageName;

/** The package a type belongs to: for a provider's own type the package it provides, else the part before `:`. */
export function packageOf(type: string): string {
  return isProviderType(type) ? type.slice(providerPrefix.length) : (type.split(":")[0] ?? "");
}

/** Default providers are made by the engine; as with Pulumi they are neither shown nor counted. */
export const isDefaultProvider = (urn: string): boolean =>
  isProviderType(typeOf(urn)) && /^default(_|$)/.test(nameOf(urn));

/** The name Pulumi gives the default provider of a package at a version: `default`, `default_1_2_1`. */
export function defaultProviderName(version: string): string {
  return version === "" ? "default" : `default_${version.replace(/^v/, "").replaceAll(/[.+-]/g, "_")}`;
}

/** A provider as resources refer to it: `URN::ID`. In a preview the id of a provider to be created is not known. */
export interface ProviderReference {
  urn: string;
  id: string;
}

export const unknownProviderId = unknownValue;

export function parseReference(reference: string): ProviderReference {
  const at = reference.lastIndexOf("::");
  if (!reference.startsWith("urn:") || at < 0) {
    throw new Error(`provider reference ${JSON.stringify(reference)} is not of the form URN::ID`);
  }
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
}

export const formatReference = ({ urn, id }: ProviderReference): string => `${urn}::${id}`;
