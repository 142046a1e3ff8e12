/** Our 814 requests: enrollments and drops, one transaction per service point. The segments are explained in docs/edi.md. */
import type { CivilDate } from '../domain/civil-date.js'
import { type Outcome, refused } from '../domain/refusal.js'
import { DROP_REASON_CODES, type DropReason } from './drop-reasons.js'
import type { Segment } from './separators.js'
import {
  compactDate,
  type OutgoingInterchange,
  UNWRITABLE,
  valueWriter,
  writeInterchange,
} from './write-interchange.js'

/** An interchange from the supplier to the utility. */
export interface RequestInterchange extends OutgoingInterchange {
  /** N102 of the supplier and of the utility; empty: their numbers stand alone. */
  readonly senderName: string
  readonly receiverName: string
}

interface Request {
  /** LIN01: unique for ever, echoed by the response; at most 20 characters. */
  readonly id: string
  /** BGN02: unique for ever, fixed before the first attempt; at most 30 characters. */
  readonly bgn: string
  readonly account: string
  readonly servicePoint: string
  /** The account holder; cut at 60 characters. */
  readonly name: string
}

export interface EnrollmentRequest extends Request {
  /** The supplier's rate code as set up with the utility. */
  readonly rate: string
  /** The scheduled read (or month's edge) asked for. */
  readonly start: CivilDate
}

export interface DropRequest extends Request {
  readonly reason: DropReason
  /** The read at which service is to end; null leaves it to the utility. */
  readonly end: CivilDate | null
}

/** ASI*7*021, one bill by the utility, rate ready. */
export function writeEnrollmentRequests(
  interchange: RequestInterchange,
  requests: readonly EnrollmentRequest[],
): Outcome<string> {
  return writeRequests(interchange, requests, ['id', 'bgn', 'account', 'servicePoint', 'name', 'rate'], (request) => [
    ['ASI', '7', '021'],
    ['REF', '12', request.account],
    ['REF', 'LU', request.servicePoint],
    ['REF', 'BLT', 'LDC'],
    ['REF', 'PC', 'LDC'],
    ['REF', 'RB', request.rate],
    ['DTM', '150', compactDate(request.start)],
  ])
}

/** @param action ASI01 of a drop as the utility wants it, for example `F` */
export function writeDropRequests(
  interchange: RequestInterchange,
  requests: readonly DropRequest[],
  action: string,
): Outcome<string> {
  return writeRequests(interchange, requests, ['id', 'bgn', 'account', 'servicePoint', 'name'], (request) => [
    ['ASI', action, '024'],
    ['REF', '1P', DROP_REASON_CODES[request.reason]],
    ['REF', '12', request.account],
    ['REF', 'LU', request.servicePoint],
    ...(request.end === null ? [] : [['DTM', '151', compactDate(request.end)]]),
  ])
}

function writeRequests<R extends Request & { readonly rate?: string }>(
  interchange: RequestInterchange,
  requests: readonly R[],
  fields: readonly TextField[],
  details: (request: R) => readonly Segment[],
): Outcome<string> {
  const { sender, receiver, senderName, receiverName, date } = interchange
  const parties: Segment[] = [
    ['N1', '8S', receiverName, qualifierOf(receiver), receiver],
    ['N1', 'SJ', senderName, qualifierOf(sender), sender],
  ]
  const check = requestChecker<R>(fields)
  const plain: R[] = []
  for (const request of requests) {
    const checked = check(request)
    if ('fault' in checked) return refused('EDI_BAD_REQUEST', `Request ${plain.length + 1}${checked.fault}.`)
    plain.push(checked)
  }
  function* transactions(): Iterable<readonly Segment[]> {
    for (const request of plain) {
      yield [
        ['BGN', '13', request.bgn, compactDate(date)],
        ...parties,
        ['N1', '8R', request.name],
        ['LIN', request.id, 'SH', 'EL', 'SH', 'CE'],
        ...details(request),
      ]
    }
  }
  return writeInterchange(interchange, { group: 'GE', set: '814' }, transactions())
}

/** N103: `1` for a DUNS number, `9` for one with a suffix. */
function qualifierOf(party: string): string {
  return party.length === 9 ? '1' : '9'
}

/** Lengths of N102, LIN01 and, for all others, BGN02 and REF02. */
const LONGEST_NAME = 60
const LONGEST_ID = 20
const LONGEST_REFERENCE = 30

type TextField = keyof Request | 'rate'

/** Checks request after request; gives each in plain letters, or names the field that cannot be sent and why. */
function requestChecker<R extends Request & { readonly rate?: string }>(
  fields: readonly TextField[],
): (request: R) => R | { readonly fault: string } {
  const writable = valueWriter()
  const seen = { id: new Set<string>(), bgn: new Set<string>() }
  const faultOf = (field: TextField, value: string | undefined): string | null => {
    const longest = field === 'id' ? LONGEST_ID : LONGEST_REFERENCE
    if (value === undefined) return UNWRITABLE
    if (value === '') return 'the value is empty; give one'
    if (field !== 'name' && value.length > longest)
      return `the value is longer than the ${longest} characters it may have`
    if (field !== 'id' && field !== 'bgn') return null
    if (seen[field].has(value)) return 'an earlier request has the same value, and it must be unique'
    seen[field].add(value)
    return null
  }
  return (request) => {
    let plain: R = request
    for (const field of fields) {
      const value = writable(request[field] ?? '')?.trim()
      const fault = faultOf(field, value)
      if (fault !== null) {
        const named = field === 'id' ? '' : ` (id ${JSON.stringify(request.id)})`
        return { fault: `${named}, field ${field}: ${fault}` }
      }
      const kept = field === 'name' ? value?.slice(0, LONGEST_NAME).trimEnd() : value
      if (kept !== request[field]) plain = { ...plain, [field]: kept }
    }
    return plain
  }
}
