/**
 * What looks like a number of a plan and is none: shapes of files, pages and protocols, sizes of chunks, names fixed
 * elsewhere. A number that the law, a plan or the utility sets comes in through PlanTerms and never stands here.
 */
export interface StructuralConstant {
  /** A module, or a folder ending in `/`; empty for everywhere. */
  readonly where: string
  /** Numbers as they stand in the code, or texts; `any` where everything measures something else. */
  readonly values: readonly (number | string)[] | 'any'
  readonly why: string
}

export const STRUCTURAL_CONSTANTS: readonly StructuralConstant[] = [
  {
    where: '',
    values: ['over-15000-kwh', 'fewer-than-12-months'],
    why: 'names of findings in the answer of `list review`',
  },
  { where: 'activities/documents/', values: 'any', why: 'points and inches on a page' },
  { where: 'activities/prove-notice.ts', values: [24], why: 'letters of a proof' },
  { where: 'activities/sftp-party.ts', values: [3], why: 'signs of life a connection may miss' },
  { where: 'cli/arguments.ts', values: ['1900-01-01', '2199-12-31'], why: 'beyond them a date is a slip of the pen' },
  { where: 'cli/edi.ts', values: ['00:00'], why: 'time of day in an envelope when the request gives none' },
  { where: 'cli/embedded/clock.ts', values: [15000], why: 'milliseconds of one call' },
  { where: 'cli/embedded/parties.ts', values: [24], why: 'months of an invented read table' },
  { where: 'cli/local-time.ts', values: [12, '00:00'], why: 'hours on a clock face, and the beginning of a day' },
  {
    where: 'cli/replies/reply-file.ts',
    values: ['" is not a day or moment; write it as 2026-12-04 14:15 or 12/4/2026 2:15 PM.'],
    why: 'a form to write in, not a day of law',
  },
  { where: 'cli/rehearsal/script.ts', values: ['08:00'], why: 'when stand-ins act, as the form of the script says' },
  { where: 'cli/rehearsal/stand-ins.ts', values: 'any', why: 'invented people and firms' },
  { where: 'cli/verb-call.ts', values: [3], why: 'tries of a connection' },
  { where: 'client/timeline.ts', values: [5000], why: 'rows read at a time' },
  { where: 'domain/business-calendar.ts', values: [7], why: 'Sunday' },
  { where: 'domain/postal-barcode.ts', values: [15], why: 'digits of mailer and serial number in the postal barcode' },
  { where: 'domain/price-guard.ts', values: [3, 10], why: 'decimals of a rate, and the base they count in' },
  { where: 'edi/', values: [3, 10, 15], why: 'positions and widths of elements, and the line feed' },
  { where: 'persistence/database.ts', values: [10], why: 'connections' },
  { where: 'persistence/ledger/figures.ts', values: [24], why: 'hours by which metrics are grouped' },
  { where: 'persistence/list-files/list-text.ts', values: [10], why: 'the line feed' },
  { where: 'persistence/list-files/read-customer-list.ts', values: [12], why: 'bytes of a fingerprint' },
  { where: 'persistence/list-files/xlsx-records.ts', values: [24], why: 'an offset in a zip directory' },
  { where: 'workflows/program-time.ts', values: [24], why: 'hours of a day' },
]
