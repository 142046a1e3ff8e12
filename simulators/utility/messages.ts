/** The segments of what the simulated utility sends, as docs/edi.md asks for them. Without ST and SE. */
import type { Request814 } from './request.js'
import { REJECT_TEXTS, RULES, type RejectCode } from './rules.js'
import type { ReadGroup, Segment } from './x12.js'

/** Sender's name and id, and ids that are unique for ever. */
export interface Letterhead {
  readonly name: string
  readonly id: string
  /** A new id with this prefix. */
  readonly nextId: (prefix: string) => string
}

export type Decision =
  | { readonly accepted: true; readonly date: string | null }
  | { readonly accepted: false; readonly code: RejectCode; readonly why: string | null }

/** One 997 for one group. `refusedAs` refuses the group whole, with an AK905 of its own. */
export function acknowledgment(group: ReadGroup, refusedAs: string | null): Segment[] {
  const faulty = group.transactions.filter(({ fault }) => fault !== null).length
  const all = group.transactions.length
  const good = refusedAs === null ? all - faulty : 0
  const summary = good === all && refusedAs === null ? 'A' : good === 0 ? 'R' : 'P'
  return [
    ['AK1', group.functional, group.control],
    ...group.transactions.flatMap(({ set, control, fault }): Segment[] => [
      ['AK2', set, control],
      fault === null && refusedAs === null ? ['AK5', 'A'] : fault === null ? ['AK5', 'R'] : ['AK5', 'R', fault],
    ]),
    ['AK9', summary, String(all), String(all), String(good), refusedAs ?? ''],
  ]
}

/** The answer to one request; it echoes what the request gave, and BGN03 is the day it was worked on. */
export function response(request: Request814, decision: Decision, processed: string, from: Letterhead): Segment[] {
  const action = request.action === 'drop' ? '024' : '021'
  const verdict: Segment[] = decision.accepted
    ? [['ASI', 'WQ', action]]
    : [
        ['ASI', 'U', action],
        // a script may have it send a code that it does not publish, which has no text
        ['REF', '7G', decision.code, decision.why ?? textOf(decision.code)],
      ]
  const date: Segment[] =
    decision.accepted && decision.date !== null
      ? [['DTM', request.action === 'drop' ? '151' : '150', digits(decision.date)]]
      : []
  return [
    ['BGN', '11', from.nextId('U'), digits(processed), '', '', request.bgn],
    ...parties(from, request.supplier, request.customer),
    ['LIN', request.lin, 'SH', 'EL', 'SH', 'CE'],
    ...verdict,
    ...references(request.accountNumber, request.servicePoint),
    ...date,
  ]
}

function textOf(code: string): string {
  return (REJECT_TEXTS as Readonly<Record<string, string>>)[code] ?? ''
}

export interface ServicePointNotice {
  readonly accountNumber: string
  readonly servicePoint: string
  readonly supplier: string
  readonly customer: string
  /** The day the utility acted. */
  readonly processed: string
}

/** An 814D because the customer rescinded. */
export function rescissionDrop(notice: ServicePointNotice, start: string, from: Letterhead): Segment[] {
  return [
    ['BGN', '13', from.nextId('U'), digits(notice.processed)],
    ...parties(from, notice.supplier, notice.customer),
    ['LIN', from.nextId('UL'), 'SH', 'EL', 'SH', 'CE'],
    ['ASI', 'F', '024'],
    ['REF', '1P', RULES.rescissionReason],
    ...references(notice.accountNumber, notice.servicePoint),
    ['DTM', '151', digits(start)],
  ]
}

/** An enrollment response that nobody asked for: the account goes on under a new number. */
export function manualEnrollment(
  notice: ServicePointNotice,
  formerAccount: string,
  code: 'BNK' | 'UIE',
  start: string,
  from: Letterhead,
): Segment[] {
  return [
    ['BGN', '11', from.nextId('U'), digits(notice.processed), '', '', 'MANUAL'],
    ...parties(from, notice.supplier, notice.customer),
    ['LIN', from.nextId('UL'), 'SH', 'EL', 'SH', 'CE'],
    ['ASI', 'WQ', '021'],
    ['REF', '1P', code],
    ['REF', '12', notice.accountNumber],
    ['REF', '45', formerAccount],
    ['REF', 'LU', notice.servicePoint],
    ['DTM', '150', digits(start)],
  ]
}

/** The 867 that reports the first day of service; the usage of that one day is not read yet. */
export function startReport(notice: ServicePointNotice, start: string, from: Letterhead): Segment[] {
  return [
    ['BPT', '00', from.nextId('UM'), digits(notice.processed), 'C1'],
    ...parties(from, notice.supplier, notice.customer),
    ...references(notice.accountNumber, notice.servicePoint),
    ['PTD', 'SU'],
    ['DTM', '150', digits(start)],
    ['DTM', '151', digits(start)],
    ['QTY', 'QD', '0', 'KH'],
  ]
}

function parties(from: Letterhead, supplier: string, customer: string): Segment[] {
  return [
    ['N1', '8S', from.name, qualifierOf(from.id), from.id],
    ['N1', 'SJ', 'SUPPLIER', qualifierOf(supplier), supplier],
    ['N1', '8R', customer],
  ]
}

/** N103: `1` for a DUNS number, `9` for one with a suffix. */
function qualifierOf(id: string): string {
  return id.length === 9 ? '1' : '9'
}

function references(accountNumber: string, servicePoint: string): Segment[] {
  return [['REF', '12', accountNumber], ...(servicePoint === '' ? [] : [['REF', 'LU', servicePoint]])]
}

function digits(date: string): string {
  return date.replaceAll('-', '')
}
