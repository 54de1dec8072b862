/** Our own line icons, 24×24. Only what is used; decoration, so hidden from readers. */
const paths = {
  today: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M9 15l2 2 4-4',
  customers:
    'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M16 3.5a4 4 0 0 1 0 7M18 14.5a6 6 0 0 1 4 5.5v1',
  plus: 'M12 5v14M5 12h14',
  approvals: 'M9 12l2 2 4-4M12 3l8 3v6c0 4.5-3.2 7.6-8 9-4.8-1.4-8-4.5-8-9V6z',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21v-1a6 6 0 0 1 6-6h4a6 6 0 0 1 6 6v1',
  exports: 'M12 3v12M7 10l5 5 5-5M4 17v3h16v-3',
  lead: 'M3 5h18l-7 8v6l-4 2v-8z',
  contact: 'M4 4h16v16H4zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM7.5 17a4.5 4.5 0 0 1 9 0',
  opportunity: 'M3 17l6-6 4 4 8-8M15 7h6v6',
  quote: 'M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h5',
  contract: 'M6 3h9l4 4v14H6zM15 3v4h4M9 11h7M9 18c1.5-3 2.5-3 3 0 1-1.5 2-1.5 4-.5',
  payment: 'M3 6h18v12H3zM3 10h18M7 15h3',
  product: 'M4 7l8-4 8 4v10l-8 4-8-4zM4 7l8 4 8-4M12 11v10M8 5l8 4',
  ticket:
    'M14.5 6a4 4 0 0 1 5-1.5L16.5 7.5l.5 1.5 1.5.5 3-3a4 4 0 0 1-5.5 5L8 19.5a2 2 0 0 1-3-3l8-8A4 4 0 0 1 14.5 6z',
  complaint: 'M4 5h16v12h-8l-5 4v-4H4zM12 8v4M12 14.5h.01',
  box: 'M4 7l8-4 8 4v10l-8 4-8-4zM4 7l8 4 8-4M12 11v10',
  phone: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2',
  visit:
    'M12 21s-7-6.2-7-11.5a7 7 0 0 1 14 0C19 14.8 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  navigate: 'M21 3L3 10.5l7.5 3L13.5 21z',
  chat: 'M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5zM8.5 12h.01M12 12h.01M15.5 12h.01',
  mail: 'M3 6h18v13H3zM3 7l9 7 9-7',
  meeting: 'M3 7h12v10H3zM15 10l6-3v10l-6-3',
  pen: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  note: 'M5 4h14v10l-6 6H5zM13 20v-6h6M9 9h6M9 13h2',
  copy: 'M9 9h11v12H9zM5 15H4V3h11v2',
  camera: 'M3 8h4l2-3h6l2 3h4v11H3zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  picture: 'M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 6M15.5 9.5h.01',
  file: 'M6 3h9l4 4v14H6zM15 3v4h4',
  paperclip: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7L9.3 17a1.7 1.7 0 0 1-2.4-2.4L14 7.5',
  outbox: 'M4 13l2-8h12l2 8v6H4zM4 13h5l1.5 2.5h3L15 13h5M12 4v6M9.5 6.5L12 4l2.5 2.5',
  tomorrow: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M9 15h6M13 13l2 2-2 2',
  gauge: 'M4 18a9 9 0 1 1 16 0M12 14l4-5M12 15.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  flow: 'M6 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM18 21a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6 7v6a6 6 0 0 0 6 6h4M14 5h6M17 2l3 3-3 3',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3M12 15v2',
  eye: 'M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  search: 'M10.5 18a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM21 21l-5-5',
  filter: 'M4 6h16M7 12h10M10 18h4',
  sort: 'M7 4v16M3 16l4 4 4-4M17 20V4M13 8l4-4 4 4',
  columns: 'M4 4h16v16H4zM10 4v16M15 4v16',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M18 10h.01M7 14h10',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M4 12.5l5.5 5.5L20 7',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  more: 'M5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM19 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z',
  alert: 'M12 3l10 18H2zM12 10v5M12 18h.01',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  pool: 'M3 8c3-3 6 3 9 0s6 3 9 0M3 14c3-3 6 3 9 0s6 3 9 0M3 20c3-3 6 3 9 0s6 3 9 0',
  stage: 'M4 5h10l6 7-6 7H4l5-7z',
  transfer: 'M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  device: 'M7 2h10v20H7zM11 18h2',
  key: 'M8 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 11h9v4M17 11v3',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5',
  out: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v6M12 7.5h.01',
  offline: 'M3 3l18 18M8.5 15.5a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4-2.4M15 9.8a10 10 0 0 1 4 2.2M12 19h.01',
  star: 'M12 3l2.8 5.8 6.2.9-4.5 4.4 1.1 6.3L12 17.4 6.4 20.4l1.1-6.3L3 9.7l6.2-.9z',
  heat: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6zM14 17h6M17 14v6',
  scale: 'M12 4v16M7 20h10M5 7h14M12 4l-1 3M5 7l-3 7a3 3 0 0 0 6 0zM19 7l-3 7a3 3 0 0 0 6 0z',
  download: 'M12 3v12M7 10l5 5 5-5M4 20h16',
  board: 'M4 20V10h4v10M10 20V4h4v16M16 20v-7h4v7M2 20h20',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4',
  register: 'M6 4h12v17H6zM9 4V2h6v2M9 10h6M9 14h6M9 18h3',
  rights: 'M12 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 21v-2a5 5 0 0 1 5-5h1M14 18l2.5 2.5L21 15',
  erasure: 'M8 20l-5-5L13 5l7 7-8 8zM8 10l7 7M12 20h9',
  handover: 'M3 12h13M12 8l4 4-4 4M20 4v16',
  ledger: 'M5 3h14v18H5zM9 3v18M13 8h3M13 12h3M13 16h3',
  people: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M19 8v6M16 11h6',
  roles: 'M4 4h16v16H4zM4 9.3h16M4 14.7h16M9.3 4v16M14.7 4v16',
  settings:
    'M4 7h9M17 7h3M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM4 17h3M11 17h9M9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  spot: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h.01',
  help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7M12 17h.01',
  print: 'M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z',
  pin: 'M9 3h6l-1 6 3 3v2H7v-2l3-3zM12 14v7',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
} as const;

export type IconName = keyof typeof paths;
export function isIcon(name: string): name is IconName {
  return name in paths;
}

export function Icon({ name, size = 20, fill = false }: { name: IconName; size?: number; fill?: boolean }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={fill ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
