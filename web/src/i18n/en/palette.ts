/** The palette (⌘K). */
import type { palette as zh } from '../zh-CN/palette';

export const palette: Record<keyof typeof zh, string> = {
  'palette.title': 'Find records, pages and actions',
  'palette.open': 'Find',
  'palette.placeholder': 'Name, phone, last four, or what to do',
  'palette.recent': 'Recent',
  'palette.records': 'Records',
  'palette.pages': 'Pages',
  'palette.actions': 'Actions',
  'palette.list': 'List',
  'palette.language': 'Switch to Chinese (中文)',
  'palette.theme': 'Look: {look}',
  'palette.searching': 'Searching…',
  'palette.none': 'Nothing found. Try a full phone number, its last four digits, or part of a name.',
  'palette.found': '{n} result|{n} results',
  'palette.move': 'choose',
  'palette.go': 'open',
};
