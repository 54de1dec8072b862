/**
 * The wire types by the names that the pages use.
 *
 * They come from `schema.d.ts`, which `npm run types` writes from `openapi.json`, which a test of the server holds to
 * what it answers. Nothing is spelled here that the schema spells.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Language = Schemas['Language']['language'];
export type Label = Schemas['Label'];
export type PersonRef = Schemas['Named'];
export type DepartmentRef = Schemas['Named'];

export type FieldKind = Schemas['FieldKind'];
export type FieldClass = Schemas['FieldClass'];
export type FieldDef = Schemas['FieldDef'];
export type ViewDef = Schemas['ViewDef'];
export type ObjectRef = Schemas['ObjectRef'];
export type ObjectDef = Schemas['ObjectDef'];

export type Operator = Schemas['Operator'];
export type Condition = Schemas['Condition'];
export type Filter = Schemas['Filter'];
/** The schema lets a caller leave the direction out; our own queries never do. */
export type Sort = Required<Schemas['Sort']>;
export type Query = Schemas['Query'];

/** The values of structured kinds; in the schema a value is whatever its kind says. */
export type Address = {
  province?: string | null;
  city?: string | null;
  district?: string | null;
  detail?: string | null;
};
export type Reference = Schemas['Link'];
export type FieldValue = Schemas['FieldView'];

export type KedunRecord = Schemas['Record'];
export type RecordPage = Schemas['Page'];
export type Found = Schemas['Found'];
export type SearchHit = Found['results'][number];

export type Me = Schemas['Me'];
export type Standing = Schemas['Standing'];
export type Session = Schemas['Session'];
export type Device = Schemas['Device'];
export type Today = Schemas['Today'];
export type Board = Schemas['Board'];

export type FileView = Schemas['File'];
export type Files = Schemas['Files'];
export type ShareView = Schemas['ShareView'];

export type TimelineEntry = Schemas['Moment'];
export type Timeline = Schemas['Timeline'];
export type Change = Schemas['Change'];
export type Look = Schemas['Look'];
export type Because = Schemas['Reason'];
export type Explanation = Schemas['Explanation'];
export type DuplicateMatch = Schemas['Match'];
export type Conversion = Schemas['Conversion'];
export type ConversionPreview = Schemas['ConversionPreview'];

export type Notice = Schemas['Notice'];
export type Intake = Schemas['Intake'];
export type Basis = Intake['basis'];
export type Channel = Intake['channel'];
export type Consent = Schemas['Consent'];

/** What was asked for; its members depend on the kind, and the hash covers them all. */
export type Task = Omit<Schemas['Task'], 'snapshot'> & { snapshot: Record<string, unknown> | null };
export type Fallen = Schemas['Fallen'];
export type Given = Schemas['Given'];
export type Handover = Schemas['Handover'];
export type HandoverItem = Schemas['HandoverItem'];
export type HandoverPlan = Schemas['HandoverPlan'];
export type Comparison = Schemas['Comparison'];
export type Person = Schemas['Person'];

/** A proxy in between may answer with less than the schema promises, so every member may be missing. */
export type ProblemBody = Partial<Schemas['Problem']>;

export type ExportCase = Schemas['Export'];
export type Alert = Schemas['Alert'];
export type AlertPage = Schemas['Alerts'];
export type Evidence = Schemas['Evidence'];
export type Entry = Schemas['Entry'];

export type Department = Schemas['Departments']['departments'][number];
export type RoleRef = Schemas['Roles']['roles'][number];
export type OneTime = Schemas['OneTime'];
export type Present = Schemas['Presence']['people'][number];
export type DefinitionView = Schemas['DefinitionView'];
export type Effect = Schemas['Effect'];
export type RowScope = Schemas['RowScope'];
export type Right = Schemas['Right'];
export type Verb = Schemas['Verb'];
export type Preview = Schemas['Preview'];
export type Settings = Schemas['Settings'];
export type FieldProblem = Schemas['FieldProblem'];

export type RightsRequest = Schemas['RightsRequest'];
export type RightsDetail = Schemas['RightsDetail'];
export type NumbersOnFile = Schemas['NumbersOnFile'];
export type RightsFile = Schemas['RightsFile'];
export type CustomerLink = Schemas['CustomerLink'];
export type MadeCustomerLink = Schemas['MadeCustomerLink'];
export type Erasure = Schemas['Erasure'];
export type ErasurePreview = Schemas['ErasurePreview'];
export type PublicNotices = Schemas['PublicNotices'];
export type PublicCompany = Schemas['PublicCompany'];
export type PublicNotice = Schemas['PublicNotices']['notices'][number];
export type GuestPage = Schemas['GuestPage'];
export type GuestConsent = Schemas['GuestConsent'];
export type GuestRequest = Schemas['GuestRequest'];
export type GuestAnswer = Schemas['GuestAnswer'];
export type LooksByHour = Schemas['LooksByHour'];
export type RegisterPage = Schemas['Register'];
export type ReviewMonth = Schemas['Reviews']['months'][number];
export type Traced = Schemas['Traces']['traced'][number];
export type SpotChecks = Schemas['SpotChecks'];
export type SpotCheck = Schemas['SpotCheck'];
export type SpotCheckSummary = Schemas['SpotCheckSummary'];
export type SpotScore = Schemas['SpotScore'];
export type SpotScores = Schemas['SpotScores'];
export type SpotQuestion = Schemas['SpotQuestion'];
export type SpotVerification = Schemas['SpotCheckVerification'];
export type Retention = Schemas['Retention'];
export type RetentionTerm = Schemas['RetentionTerm'];
export type RetentionDue = Schemas['RetentionDue'];
export type RetentionBegun = Schemas['RetentionBegun'];
export type Hold = Schemas['Hold'];
export type NewHold = Schemas['NewHold'];
