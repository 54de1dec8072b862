/** Names of pages and of their groups. */
import type { places as zh } from '../zh-CN/places';

export const places: Record<keyof typeof zh, string> = {
  'group.work': 'Work',
  'group.watch': 'Watch over',
  'group.house': 'Organisation',
  'group.mine': 'Mine',
};
