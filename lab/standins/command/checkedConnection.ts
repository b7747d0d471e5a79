import { isPlainMap, makeSecret, reveal, type PropertyMap } from "../protocol/values";
import { connectionDefaults, secretFields } from "./commandInputs";

/** The connection with its defaults, and secret as the real provider marks it: as a whole and field by field. */
export function checkedConnection(news: PropertyMap): PropertyMap {
  const given = reveal(news.connection ?? null);
  if (!isPlainMap(given)) return news;
  const connection: PropertyMap = { ...connectionDefaults, ...given };
  for (const name of secretFields) if (name in connection) connection[name] = makeSecret(connection[name] ?? null);
  return { ...news, connection: makeSecret(connection) };
}
