/**
 * The wire types of docs/api-design.md, written by hand.
 *
 * Kept in one file and free of code so that it can be replaced by types generated from
 * `openapi.json` without touching anything else.
 */

export type Language = 'zh-CN' | 'en';
export type Label = { zh: string; en: string };
export type PersonRef = { id: string; name: string };
export type DepartmentRef = { id: string; name: string };

export type FieldKind =
  | 'text'
  | 'long_text'
  | 'person_name'
  | 'phone'
  | 'email'
  | 'id_number'
  | 'account'
  | 'url'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'percent'
  | 'rating'
  | 'boolean'
  | 'select'
  | 'multi_select'
  | 'date'
  | 'datetime'
  | 'reference'
  | 'person'
  | 'department'
  | 'address';

export type FieldClass = 'L1' | 'L2' | 'L3' | 'L4';
export type Option = { value: string; label: Label; color?: string | null };

export type FieldDef = {
  id: string;
  name: string;
  label: Label;
  kind: FieldKind;
  class: FieldClass;
  required: boolean;
  options?: Option[] | null;
  target?: string | null;
  /** `masked+edit` and `reveal+edit`: writable, though what is there stays masked. */
  right: 'masked' | 'reveal' | 'read' | 'edit' | 'masked+edit' | 'reveal+edit';
  filterable: boolean;
  sortable: boolean;
  help?: Label | null;
  max_length?: number | null;
};

export type FormDef = {
  name: string;
  fields: string[];
  notice?: { purpose: string } | null;
  purpose?: string | null;
};
export type ViewDef = {
  name: string;
  label: Label;
  filter?: Filter | null;
  /** `"-updated_at"` as in the definitions, or spelled out. */
  sort?: (Sort | string)[] | null;
  columns?: string[] | null;
};

export type ObjectRef = { name: string; label: Label; icon?: string | null; verbs: string[] };
export type ObjectDef = {
  name: string;
  label: Label;
  version: number | string;
  title_field: string;
  parent?: { object: string; field: string } | null;
  fields: FieldDef[];
  forms: FormDef[];
  views: ViewDef[];
  verbs: string[];
};

export type Operator =
  | 'eq'
  | 'ne'
  | 'in'
  | 'not_in'
  | 'empty'
  | 'not_empty'
  | 'contains'
  | 'not_contains'
  | 'starts_with'
  | 'gt'
  | 'ge'
  | 'lt'
  | 'le'
  | 'between'
  | 'today'
  | 'past'
  | 'future'
  | 'last_days'
  | 'next_days'
  | 'me'
  | 'my_department';

export type Condition = { field: string; op: Operator; value?: unknown };
export type Filter = Condition | { all: Filter[] } | { any: Filter[] } | { not: Filter };
export type Sort = { field: string; dir: 'asc' | 'desc' };

export type Address = {
  province?: string | null;
  city?: string | null;
  district?: string | null;
  detail?: string | null;
};
export type Reference = { id: string; title?: string | null };
export type FieldValue = { masked: string } | { value: unknown };

export type Rights = {
  edit: boolean;
  delete: boolean;
  transfer: boolean;
  share: boolean;
  claim: boolean;
  release: boolean;
  export: boolean;
  history: boolean;
  audience: boolean;
  reveal: string[];
  edit_fields: string[];
};

export type KedunRecord = {
  id: string;
  object: string;
  title: string;
  revision: number;
  owner: PersonRef | null;
  department: DepartmentRef | null;
  pool: string | null;
  stage: string | null;
  created_at: string;
  updated_at: string;
  next_follow_up: string | null;
  last_follow_up: string | null;
  pool_due_at?: string | null;
  fields: Record<string, FieldValue>;
  rights: Rights;
};

export type RecordPage = {
  records: KedunRecord[];
  next_cursor: string | null;
  count?: { value: number; capped: boolean } | null;
};
export type Query = {
  filter?: Filter;
  sort?: Sort[];
  fields?: string[];
  limit?: number;
  cursor?: string;
  count?: boolean;
  view?: string;
};

export type Watermark = string | { name?: string; staff_no?: string; device?: string; text?: string };
export type Me = {
  person: {
    id: string;
    login: string;
    name: string;
    staff_no?: string | null;
    department: DepartmentRef | null;
    roles: { name: string; label: Label | null }[];
  };
  watermark: Watermark;
  /** Seals what was typed on this device (offline/drafts). */
  draft_key: string;
  idle_seconds: number;
  totp: boolean;
  objects: string[];
  acts: string[];
  language: Language | null;
  demo: boolean;
};

export type Session = {
  id: string;
  device: string | { id?: string; name: string } | null;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  current: boolean;
};
export type Device = {
  id: string;
  name: string;
  first_seen_at: string;
  last_seen_at: string;
  current: boolean;
  sessions: number;
};

export type Today = {
  due: KedunRecord[];
  overdue: KedunRecord[];
  new_assignments: KedunRecord[];
  falling: KedunRecord[];
  waiting: number;
  /** Absent for who leads nobody. */
  team?: { falling: KedunRecord[]; followed_up: KedunRecord[] } | null;
};

export type TimelineEntry = {
  id: string;
  kind: 'follow_up' | 'plan' | 'stage' | 'transfer' | 'created' | (string & {});
  at: string;
  by: PersonRef | null;
  record?: KedunRecord | null;
  /** Stages: from and to. Transfers: the people by their part in it, and the reason. */
  change?: {
    from?: unknown;
    to?: unknown;
    people?: Record<string, PersonRef> | null;
    reason?: string | null;
  } | null;
};
export type Timeline = { entries: TimelineEntry[]; next_cursor: string | null };

export type Look = {
  at: string;
  by: PersonRef | null;
  action: 'read' | 'reveal' | 'export' | 'listed' | (string & {});
  fields: string[] | null;
  purpose: string | null;
  count: number | null;
};
export type Change = {
  at: string;
  by: PersonRef | null;
  action: string;
  fields: { name: string; from: unknown; to: unknown }[];
};
export type Because = {
  grant?: string | null;
  role?: string | null;
  scope?: string | Record<string, unknown> | null;
  /** Whether the scope of the grant holds this record. */
  contains?: boolean;
  right?: string | null;
  rule?: string | null;
  result?: string | null;
  message?: string | null;
};
export type Explanation = {
  verdict: string;
  because: Because[];
  message?: string | null;
  who?: PersonRef[] | null;
};

export type DuplicateMatch = {
  kind: 'exact' | 'similar';
  field: string;
  visible: boolean;
  record?: { id: string; title: string } | null;
  team?: string | null;
};
export type SearchHit = { record: KedunRecord; matched: string };

export type Notice = {
  id: string;
  version: number | string;
  purpose: string;
  title: string;
  body: string;
  hash: string;
  language: string;
};
export type Basis = 'consent' | 'contract' | 'legal_duty' | 'public' | 'employment';
export type Channel = 'in_person' | 'phone' | 'form' | 'card' | 'import';
export type Intake = {
  notice: { id: string; version: number | string };
  purpose: string;
  basis: Basis;
  channel: Channel;
  consents: { kind: 'collect' | 'sensitive'; given: boolean }[];
};
export type Consent = {
  id: string;
  purpose: string;
  kind: string;
  basis: string;
  channel: string;
  notice_version: number | string | null;
  notice_hash: string | null;
  given_at: string;
  withdrawn_at: string | null;
};

export type ExportCase = {
  id: string;
  object?: string;
  state: 'waiting' | 'approved' | 'running' | 'ready' | 'rejected' | 'cancelled' | 'expired' | 'failed';
  progress?: number | null;
  rows?: number | null;
  fields?: string[] | null;
  purpose?: string | null;
  filter_hash?: string | null;
  format?: string | null;
  created_at?: string | null;
  expires_at?: string | null;
  downloads?: number | null;
  needs_approval?: boolean;
};

export type Task = {
  id: string;
  kind: string;
  state: string;
  requester: PersonRef | null;
  created_at: string;
  snapshot: Record<string, unknown> | null;
  snapshot_hash: string;
  /** Asked for by me. */
  mine: boolean;
  /** Mine to decide, now. */
  decidable?: boolean;
};

export type ProblemBody = {
  type?: string;
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  errors?: { field: string; code: string; message: string }[];
  current?: KedunRecord;
  demo?: boolean;
};
