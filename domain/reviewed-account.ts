/** One account as list review sees it: gathered row by row, then closed with its findings and its eligibility. */
import { ELIGIBILITIES, type Account, type Eligibility, type ListKind, type ServicePoint } from './account.js'
import { locate, type Boundary } from './boundary.js'
import type { CivilDate } from './civil-date.js'
import type { AcceptedRow, ListRow } from './list-row.js'
import { FINDING_CODES, type FindingCode, type PlanTerms } from './plan.js'

/** What a person should know about an account although it decides nothing. */
export type ReviewNote = 'fewer-than-12-months' | 'mixed-rate-classes' | 'service-point-conflict'

export interface ReviewedAccount extends Account {
  /** In the order of `FINDING_CODES`. */
  readonly findings: readonly FindingCode[]
  readonly eligibility: Eligibility
  /** Sum of the months given, over all service points. */
  readonly annualKwh: number
  readonly notes: readonly ReviewNote[]
}

/** What the findings are judged by. */
export interface FindingRules {
  readonly terms: Pick<PlanTerms, 'eligibility' | 'smallCommercialKwh'>
  readonly boundary: Boundary
  /** A bundled hold counts when its last day is this day or later. */
  readonly asOf: CivilDate
}

/** An account whose rows are still coming. */
export interface OpenAccount {
  /** Gives name and addresses. */
  readonly first: AcceptedRow
  lists: readonly ListKind[]
  points: OpenPoint[]
  findings: readonly FindingCode[]
  conflict: boolean
  residential: boolean
  electricHeat: boolean
  freeService: boolean
  pipp: boolean
  holdUntil: CivilDate | null
  start: CivilDate | null
}

interface OpenPoint {
  /** Of every row that named it, each once. */
  fingerprints: readonly string[]
  kept: ServicePoint
  keptFingerprint: string
}

export function openAccount(first: AcceptedRow): OpenAccount {
  return {
    first,
    lists: [],
    points: [],
    findings: [],
    conflict: false,
    residential: true,
    electricHeat: false,
    freeService: false,
    pipp: false,
    holdUntil: null,
    start: null,
  }
}

/** `repeat`: all its values were there before. `conflict`: its service point was there before, with other values. */
export type RowEffect = 'new' | 'repeat' | 'conflict'

/** The order of an account's rows changes nothing but whose name and addresses are taken. */
export function addRow(
  account: OpenAccount,
  { list, fingerprint }: ListRow,
  row: AcceptedRow,
  rules: FindingRules,
): RowEffect {
  account.lists = withOnce(account.lists, list)
  const point = account.points.find((known) => known.kept.servicePoint === row.servicePoint.servicePoint)
  if (point?.fingerprints.includes(fingerprint)) return 'repeat'
  if (point) {
    point.fingerprints = [...point.fingerprints, fingerprint]
    keepHigherUse(point, row.servicePoint, fingerprint)
    account.conflict = true
  } else {
    const opened: OpenPoint = { fingerprints: [fingerprint], kept: row.servicePoint, keptFingerprint: fingerprint }
    // a literal has exactly one place, a push makes room for many: most accounts have one service point
    if (account.points.length === 0) account.points = [opened]
    else account.points.push(opened)
  }
  for (const finding of findingsOf(row, rules)) account.findings = withOnce(account.findings, finding)
  gather(account, row)
  return point ? 'conflict' : 'new'
}

function withOnce<T>(values: readonly T[], value: T): readonly T[] {
  return values.includes(value) ? values : [...values, value]
}

/** An account can be enrolled for a service point only once. The choice is the same in whatever order the rows come. */
function keepHigherUse(point: OpenPoint, other: ServicePoint, fingerprint: string): void {
  const difference = useOf(other) - useOf(point.kept)
  if (difference < 0 || (difference === 0 && fingerprint < point.keptFingerprint)) return
  point.kept = other
  point.keptFingerprint = fingerprint
}

function useOf(point: ServicePoint): number {
  return point.monthlyKwh.reduce<number>((sum, month) => sum + (month ?? 0), 0)
}

function findingsOf(row: AcceptedRow, { boundary, asOf }: FindingRules): FindingCode[] {
  const location = locate(boundary, row.serviceAddress.street)
  const until = row.bundledHoldUntil
  const findings: FindingCode[] = []
  if (location === 'outside') findings.push('outside-boundary')
  if (location === 'unresolved') findings.push('boundary-unresolved')
  if (row.freeService) findings.push('free-service')
  if (until === 'unreadable' || (until !== null && asOf <= until)) findings.push('bundled-hold')
  if (row.electricHeat) findings.push('electric-heat')
  return findings
}

function gather(account: OpenAccount, row: AcceptedRow): void {
  const { bundledHoldUntil: until, accountStart: start } = row
  account.residential &&= row.servicePoint.rateClass === 'DS-1'
  account.electricHeat ||= row.electricHeat
  account.freeService ||= row.freeService
  account.pipp ||= row.pipp
  if (until !== null && until !== 'unreadable' && until > (account.holdUntil ?? '')) account.holdUntil = until
  if (start !== null && (account.start === null || start < account.start)) account.start = start
}

/** True when letters for the two rows would look different. */
export function detailsDiffer(first: AcceptedRow, row: AcceptedRow): boolean {
  return (
    first.customerName !== row.customerName ||
    first.serviceAddress.street !== row.serviceAddress.street ||
    first.serviceAddress.unit !== row.serviceAddress.unit ||
    first.mailAddress.street !== row.mailAddress.street ||
    first.mailAddress.unit !== row.mailAddress.unit ||
    first.mailAddress.zip !== row.mailAddress.zip
  )
}

/**
 * An account with a service point of any class but DS-1 is non-residential, and then the use of all its service points
 * counts, residential ones too; a note says when classes are mixed.
 */
export function closeAccount(open: OpenAccount, terms: FindingRules['terms']): ReviewedAccount {
  const servicePoints = open.points.map((point) => point.kept)
  const annualKwh = servicePoints.reduce((sum, point) => sum + useOf(point), 0)
  const found = new Set(open.findings)
  if (!open.residential && annualKwh > terms.smallCommercialKwh.value) found.add('over-15000-kwh')
  if (open.lists.includes('hourly')) found.add('hourly')
  if (open.lists.includes('supplier')) found.add('other-supplier')
  const findings = FINDING_CODES.filter((code) => found.has(code))
  const { accountNumber, customerName, serviceAddress, mailAddress } = open.first
  return {
    accountNumber,
    list: LISTS_STRICTEST_FIRST.find((list) => open.lists.includes(list)) ?? 'fixed',
    customerName,
    serviceAddress,
    mailAddress,
    electricHeat: open.electricHeat,
    freeService: open.freeService,
    bundledHoldUntil: open.holdUntil,
    pipp: open.pipp,
    accountStart: open.start,
    servicePoints,
    findings,
    eligibility: eligibilityOf(findings, terms),
    annualKwh,
    notes: notesOf(open, servicePoints),
  }
}

/** Which list an account stands for when several name it: a contract with another supplier comes before a tariff. */
const LISTS_STRICTEST_FIRST: readonly ListKind[] = ['supplier', 'hourly', 'fixed']

/** The strictest eligibility that the plan attaches to any of the findings; `auto-enroll` without one. */
export function eligibilityOf(findings: readonly FindingCode[], terms: Pick<PlanTerms, 'eligibility'>): Eligibility {
  const given = new Set(findings.map((code) => terms.eligibility[code].value))
  return ELIGIBILITIES.find((eligibility) => given.has(eligibility)) ?? 'auto-enroll'
}

function notesOf(open: OpenAccount, servicePoints: readonly ServicePoint[]): ReviewNote[] {
  const notes: ReviewNote[] = []
  if (servicePoints.some((point) => point.monthlyKwh.includes(null))) notes.push('fewer-than-12-months')
  if (servicePoints.some((point) => point.rateClass !== servicePoints[0]?.rateClass)) notes.push('mixed-rate-classes')
  if (open.conflict) notes.push('service-point-conflict')
  return notes
}
