/** What stands for a record where its name does not show: its kind and the end of its id. */
import { tCode } from '@/i18n';

/** Enough of an id to tell two records apart. */
export const shortId = (id: string) => id.replaceAll('-', '').slice(-8).toUpperCase();
export const numbered = (object: string, id: string) => `${tCode('erasures.object', object)} ${shortId(id)}`;
export const nameOrNumber = (one: { object: string; record: string; title?: string }): string =>
  one.title ?? numbered(one.object, one.record);
