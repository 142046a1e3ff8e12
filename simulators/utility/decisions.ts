/** The simulated utility's answer to one request: its own checks, in its own order, by its own tables. */
import { millisOf } from '../central-time.js'
import { addDays, billingWindowDays, cutoffOf, daysBetween, isDay, isMonthAnchor } from './calendar.js'
import type { Decision } from './messages.js'
import type { Request814 } from './request.js'
import { RULES, type RejectCode } from './rules.js'
import type { KnownServicePoint } from './service-points.js'
import type { Enrollment, UtilityState, UtilityWorld } from './state.js'

export interface Receipt {
  readonly file: string
  /** The instant of receipt, and the day on which it is worked on. */
  readonly at: string
  readonly processed: string
}

/** Judges the request and remembers what follows from it. */
export function decide(request: Request814, receipt: Receipt, state: UtilityState, world: UtilityWorld): Decision {
  const isNew = rememberIds(request, state)
  if (request.missing.length > 0) return no('API', `MISSING ${request.missing.map(plain).join(' ')}`)
  if (!world.suppliers.includes(request.supplier)) return no('UND')
  if (!isNew) return no('ABN')
  return request.action === 'drop'
    ? decideDrop(request, receipt, state, world)
    : decideEnrollment(request, receipt, state, world)
}

function decideEnrollment(request: Request814, receipt: Receipt, state: UtilityState, world: UtilityWorld): Decision {
  const scripted = scriptedReject(request.accountNumber, receipt.file, state, world)
  const objection = objectionTo(request, receipt, state, world)
  if (scripted !== null) {
    // To the customer's utility this one is pending already: the answer is a no, and service starts all the same.
    if (scripted === 'ABN' && objection === null) enroll(request, receipt, state, world)
    return no(scripted)
  }
  if (objection !== null) return objection
  enroll(request, receipt, state, world)
  return { accepted: true, date: request.date }
}

function scriptedReject(
  account: string,
  file: string,
  state: UtilityState,
  { script }: UtilityWorld,
): RejectCode | null {
  const scripted = script.rejects?.find((entry) => entry.account === account)
  if (scripted === undefined) return null
  const used = state.rejectsUsed.get(account)
  if (used === undefined) state.rejectsUsed.set(account, file)
  return used === undefined || used === file ? scripted.code : null
}

function objectionTo(request: Request814, receipt: Receipt, state: UtilityState, world: UtilityWorld): Decision | null {
  const { script, calendar } = world
  const point = state.servicePoints.get(request.servicePoint)
  const unknown = unknownPoint(request, point, state, world)
  if (unknown !== null) return unknown
  if (request.billingOption !== RULES.billingOption || request.billingCalculator !== RULES.billingOption)
    return no('FRB')
  if (script.firstIn?.includes(request.accountNumber)) return no('NFI')
  if (isLive(state.current.get(request.servicePoint), receipt.processed)) return no('ABN')
  if (!isDay(request.date)) return no('A13', 'START DATE IS NO DAY')
  if (daysBetween(receipt.processed, request.date) > RULES.maxLeadDays) return no('DIV')
  if (!isReadOrAnchor(request.date, point as KnownServicePoint, world))
    return no('A13', 'NO READ ON THE DATE ASKED FOR')
  if (millisOf(receipt.at) > millisOf(cutoffOf(request.date, calendar)))
    return no('A13', 'TOO LATE FOR THE DATE ASKED FOR')
  return null
}

function decideDrop(request: Request814, receipt: Receipt, state: UtilityState, world: UtilityWorld): Decision {
  const unknown = unknownPoint(request, state.servicePoints.get(request.servicePoint), state, world)
  if (unknown !== null) return unknown
  const enrollment = state.current.get(request.servicePoint)
  if (!isLive(enrollment, receipt.processed) || enrollment?.supplier !== request.supplier)
    return no('A13', 'NOT ENROLLED WITH THIS SUPPLIER')
  if (enrollment.endsOn !== null) return no('ABN')
  const inTime = (date: string): boolean => millisOf(receipt.at) <= millisOf(cutoffOf(date, world.calendar))
  if (enrollment.state === 'pending' && inTime(enrollment.scheduled)) {
    enrollment.state = 'cancelled'
    return { accepted: true, date: enrollment.scheduled }
  }
  // Too late for the start, or already served: it ends with the next read or anchor that can still be met.
  const point = state.servicePoints.get(request.servicePoint) as KnownServicePoint
  for (let end = addDays(enrollment.scheduled, 1); daysBetween(receipt.processed, end) <= 366; end = addDays(end, 1)) {
    if (!isReadOrAnchor(end, point, world) || !inTime(end)) continue
    enrollment.endsOn = end
    return { accepted: true, date: end }
  }
  return no('A13', 'NO LATER READ IS PUBLISHED')
}

function unknownPoint(
  request: Request814,
  point: KnownServicePoint | undefined,
  state: UtilityState,
  { script }: UtilityWorld,
): Decision | null {
  if (point === undefined || point.accountNumber !== request.accountNumber) {
    const accountKnown = [...state.servicePoints.values()].some(
      (other) => other.accountNumber === request.accountNumber,
    )
    return accountKnown ? no('A13', 'SERVICE POINT IS NOT ON THIS ACCOUNT') : no('A76')
  }
  return script.inactive?.includes(request.accountNumber) ? no('008') : null
}

/** On-cycle: a day of its read table; calendar-month accounts by their own anchor instead. */
function isReadOrAnchor(date: string, point: KnownServicePoint, { readDates }: UtilityWorld): boolean {
  // Lighting is billed by the read even on a calendar-month account.
  if (point.billingType !== '' && point.rateClass !== 'DS-5') return isMonthAnchor(date, point.billingType)
  return (readDates[point.billGroup] ?? []).includes(date)
}

function enroll(request: Request814, receipt: Receipt, state: UtilityState, world: UtilityWorld): void {
  const { accountNumber, servicePoint, supplier, customer, date: scheduled } = request
  const point = state.servicePoints.get(servicePoint) as KnownServicePoint
  const scripted = world.script.actualStarts?.find((entry) => entry.account === accountNumber)
  const enrollment: Enrollment = {
    accountNumber,
    servicePoint,
    supplier,
    customer,
    scheduled,
    processed: receipt.processed,
    actual: scripted?.on ?? actualStart(scheduled, point, world),
    state: 'pending',
    endsOn: null,
  }
  state.enrollments.push(enrollment)
  state.current.set(servicePoint, enrollment)
}

/** Mostly the scheduled read, for some any day of its billing window: the same for a service point every time. */
function actualStart(scheduled: string, point: KnownServicePoint, { calendar }: UtilityWorld): string {
  if (point.billingType !== '' && point.rateClass !== 'DS-5') return scheduled
  const mixed = mixOf(point.servicePoint)
  if (mixed % RULES.oneInStartsOffSchedule !== 0) return scheduled
  const days = billingWindowDays(scheduled, calendar)
  return days[Math.floor(mixed / RULES.oneInStartsOffSchedule) % days.length] as string
}

/** FNV-1a over the characters, 32 bits. */
function mixOf(text: string): number {
  let mixed = 0x811c9dc5
  for (const letter of text) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193) >>> 0
  return mixed
}

function isLive(enrollment: Enrollment | undefined, today: string): boolean {
  if (enrollment === undefined || enrollment.state === 'cancelled') return false
  return enrollment.endsOn === null || enrollment.endsOn > today
}

/** False when the LIN01 or the BGN02 was used before: both are unique for ever. */
function rememberIds({ supplier, lin, bgn }: Request814, state: UtilityState): boolean {
  const ids = [
    ['lin', lin],
    ['bgn', bgn],
  ].flatMap(([kind, id]) => (id === '' ? [] : [`${supplier} ${kind} ${id}`]))
  const isNew = ids.every((id) => !state.requestIds.has(id))
  for (const id of ids) state.requestIds.add(id)
  return isNew
}

/** A segment's name without its separators. */
function plain(name: string): string {
  return name.replace('*', '-')
}

function no(code: RejectCode, why: string | null = null): Decision {
  return { accepted: false, code, why }
}
