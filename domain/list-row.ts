/**
 * One row of the customer list, from text to the field's nouns.
 *
 * A row is refused for three faults only: its account number, its service point, its rate class. Everything else that
 * cannot be read is a warning and takes the reading that keeps the account from being enrolled unseen:
 * - a mark that is neither yes nor no counts as yes;
 * - a hold whose last day cannot be read counts as a hold that has not ended;
 * - a billing type nobody knows counts as the middle of the month, which goes to a person;
 * - a month's use with a fraction is rounded to whole kWh, half upwards; one that is no number counts as not given.
 * A negative month (net metering) is real and kept.
 */
import {
  RATE_CLASSES,
  type BillingType,
  type ListKind,
  type PostalAddress,
  type RateClass,
  type ServicePoint,
} from './account.js'
import type { CivilDate } from './civil-date.js'
import { KWH_COLUMNS, type ListColumn, type ListConventions } from './list-columns.js'
import { dateReader } from './list-date.js'

/** A row as it stands in the file: trimmed text. */
export interface ListRow {
  readonly file: string
  /** Physical line (row of the sheet) on which the row begins; the header is line 1. */
  readonly line: number
  readonly list: ListKind
  /** Equal for two rows exactly when all their values are equal, in unmapped columns too. */
  readonly fingerprint: string
  /** Blank where the list has no such column. */
  readonly cells: Readonly<Record<ListColumn, string>>
}

export type ProblemCode = 'account-number' | 'service-point' | 'rate-class'

/** A refused row. */
export interface ListProblem {
  readonly file: string
  readonly line: number
  /** The first fault; further ones stand in the message. */
  readonly code: ProblemCode
  readonly message: string
}

export const WARNING_TEXTS = {
  'name-missing': 'no customer name',
  'bill-group-missing': 'no bill group, so that no read date can be found',
  'mark-unreadable': 'a mark that is neither yes nor no; read as yes',
  'hold-unreadable': 'a last day of the bundled hold that is no date; read as a hold that has not ended',
  'start-unreadable': 'an account start that is no date; read as not given',
  'billing-type-unknown': 'a billing type other than EOM, BOM and MOM; left to a person',
  'kwh-rounded': "a month's use that is not whole kWh; rounded",
  'kwh-unreadable': "a month's use that is no number; read as not given",
  'service-point-conflict': 'a service point listed before with other values; both rows count for the findings',
  'account-details-differ': "a name or address other than the account's first row; the first row's is used",
  'on-several-lists': 'an account that another list names too; the findings of both lists count',
} as const
export type WarningCode = keyof typeof WARNING_TEXTS

/** A row that was accepted, typed. */
export interface AcceptedRow {
  readonly accountNumber: string
  readonly customerName: string
  readonly serviceAddress: PostalAddress
  readonly mailAddress: PostalAddress
  readonly electricHeat: boolean
  readonly freeService: boolean
  readonly bundledHoldUntil: CivilDate | 'unreadable' | null
  readonly pipp: boolean
  readonly accountStart: CivilDate | null
  readonly servicePoint: ServicePoint
}

/** The row, or the problem for which it is refused. */
export type RowReading =
  | { readonly row: AcceptedRow; readonly problem: null; readonly warnings: ReadonlySet<WarningCode> }
  | { readonly row: null; readonly problem: ListProblem; readonly warnings: ReadonlySet<WarningCode> }

/**
 * Makes the reader for one list.
 * @unit accountNumberDigits: exact number of decimal digits of the utility's account numbers
 */
export function rowReader(conventions: ListConventions, accountNumberDigits: number): (row: ListRow) => RowReading {
  const accountNumber = new RegExp(`^\\d{${accountNumberDigits}}$`)
  const yes = new Set(conventions.yes.map((mark) => mark.toUpperCase()))
  const no = new Set(['', ...conventions.no.map((mark) => mark.toUpperCase())])
  const readDate = dateReader(conventions.dates)
  const short = shortTexts()

  return (row) => {
    const { cells } = row
    const rateClass = rateClassOf(cells.rate_class, conventions)
    const faults: { code: ProblemCode; text: string }[] = []
    if (!accountNumber.test(cells.account_number)) {
      const what = cells.account_number === '' ? 'is missing' : `is not ${accountNumberDigits} digits`
      faults.push({ code: 'account-number', text: `the account number ${what}` })
    }
    if (cells.service_point === '') faults.push({ code: 'service-point', text: 'the service point is missing' })
    if (rateClass === null) faults.push({ code: 'rate-class', text: rateClassFault(cells.rate_class) })
    if (rateClass === null || faults.length > 0) return { row: null, problem: problemOf(row, faults), warnings: NONE }

    const warnings = new Set<WarningCode>()
    const mark = (text: string): boolean => {
      const value = text.toUpperCase()
      if (yes.has(value)) return true
      if (no.has(value)) return false
      warnings.add('mark-unreadable')
      return true
    }
    const date = (text: string, code: WarningCode): CivilDate | 'unreadable' | null => {
      if (text === '') return null
      const day = readDate(text)
      if (day === null) warnings.add(code)
      return day ?? 'unreadable'
    }
    const start = date(cells.account_start, 'start-unreadable')
    const serviceAddress = serviceAddressOf(cells, short)
    const accepted: AcceptedRow = {
      accountNumber: cells.account_number,
      customerName: cells.customer_name,
      serviceAddress,
      mailAddress: mailAddressOf(cells, serviceAddress, short),
      electricHeat: mark(cells.electric_heat),
      freeService: mark(cells.free_service),
      bundledHoldUntil: date(cells.bundled_hold_until, 'hold-unreadable'),
      pipp: mark(cells.pipp),
      accountStart: start === 'unreadable' ? null : start,
      servicePoint: {
        servicePoint: cells.service_point,
        rateClass,
        billGroup: short(cells.bill_group),
        billingType: billingTypeOf(cells.billing_type, warnings),
        monthlyKwh: KWH_COLUMNS.map((column) => kwhOf(cells[column], warnings)),
      },
    }
    if (cells.customer_name === '') warnings.add('name-missing')
    if (cells.bill_group === '') warnings.add('bill-group-missing')
    return { row: accepted, problem: null, warnings }
  }
}

const NONE: ReadonlySet<WarningCode> = new Set()

function problemOf({ file, line }: ListRow, faults: readonly { code: ProblemCode; text: string }[]): ListProblem {
  const first = faults[0] as { code: ProblemCode }
  const what = faults.map((fault) => fault.text).join('; ')
  const message = `${what.charAt(0).toUpperCase()}${what.slice(1)}: the row is refused; correct the list or ask the utility for a new one.`
  return { file, line, code: first.code, message }
}

/** Both spellings of the utility are known (`DS-1`, `DS1`); everything else has to be in the mapping. */
function rateClassOf(text: string, conventions: ListConventions): RateClass | null {
  if (Object.hasOwn(conventions.rateClasses, text)) return conventions.rateClasses[text] as RateClass
  const spelled = text.toUpperCase().replace(/^DS(?=\d)/, 'DS-')
  return RATE_CLASSES.find((known) => known === spelled) ?? null
}

/** Quotes the value only when it looks like a class: in a shifted row this column may hold a name. */
function rateClassFault(text: string): string {
  if (text === '') return 'the rate class is missing'
  const quoted = /^DS[- ]?\w{1,4}$/i.test(text) ? `rate class "${text}"` : 'the rate class'
  return `${quoted} is not one of ${RATE_CLASSES[0]} to ${RATE_CLASSES.at(-1)}`
}

function billingTypeOf(text: string, warnings: Set<WarningCode>): BillingType {
  const type = text.toUpperCase()
  if (type === '' || type === 'EOM' || type === 'BOM' || type === 'MOM') return type
  warnings.add('billing-type-unknown')
  return 'MOM'
}

function kwhOf(text: string, warnings: Set<WarningCode>): number | null {
  if (text === '') return null
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const plain = /^-?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(text) ? text.replaceAll(',', '') : text
  if (!/^-?\d{1,9}(?:\.\d*)?$/.test(plain)) {
    warnings.add('kwh-unreadable')
    return null
  }
  const kwh = Math.round(Number(plain))
  if (kwh !== Number(plain)) warnings.add('kwh-rounded')
  return kwh + 0
}

type Cells = Readonly<Record<ListColumn, string>>

function serviceAddressOf(cells: Cells, short: (text: string) => string): PostalAddress {
  const [zip, zip4] = splitZip(cells.service_zip, cells.service_zip4)
  return {
    street: cells.service_address,
    unit: short(cells.service_unit),
    city: short(cells.service_city),
    state: short(cells.service_state),
    zip: short(zip),
    zip4: short(zip4),
  }
}

/** Mail goes to the service address when the list gives no mailing address of its own. */
function mailAddressOf(cells: Cells, service: PostalAddress, short: (text: string) => string): PostalAddress {
  if (cells.mail_address === '') return service
  const [zip, given] = splitZip(cells.mail_zip, '')
  const same =
    cells.mail_address === service.street &&
    cells.mail_unit === service.unit &&
    cells.mail_city === service.city &&
    cells.mail_state === service.state &&
    zip === service.zip &&
    (given === '' || given === service.zip4)
  if (same) return service
  return {
    street: cells.mail_address,
    unit: short(cells.mail_unit),
    city: short(cells.mail_city),
    state: short(cells.mail_state),
    zip: short(zip),
    zip4: short(given),
  }
}

/** `61853-1005` in the ZIP column gives both parts. */
function splitZip(zip: string, zip4: string): readonly [string, string] {
  const match = /^(\d{5})-?(\d{4})$/.exec(zip)
  return match && zip4 === '' ? [match[1] as string, match[2] as string] : [zip, zip4]
}

/** Keeps one copy of texts that a list repeats in every row (city, state, ZIP): a large list fits in half the memory. */
function shortTexts(): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    const copy = known.get(text)
    if (copy !== undefined) return copy
    if (known.size < 10_000) known.set(text, text)
    return text
  }
}
