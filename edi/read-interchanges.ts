/**
 * Reads an interchange file whole, or refuses it whole with the place of its first fault.
 *
 * The envelopes (ISA/IEA, GS/GE, ST/SE) and every segment's name are looked at in one pass; the values of a transaction
 * are cut out only when somebody asks for them.
 */
import type { Refusal } from '../domain/refusal.js'
import type { IsaHeader } from './isa.js'
import type { Segment } from './separators.js'
import {
  advance,
  advanceToIsa,
  cursorOn,
  cutSegments,
  InterchangeFault,
  isAtEnd,
  segmentAt,
  type SegmentCursor,
} from './segment-cursor.js'

export interface Transaction {
  /** ST02, as in the file. */
  readonly control: string
  /** ST01, for example `814`. */
  readonly set: string
  /** Everything between ST and SE, in order; cut out of the file at each call. */
  segments(): readonly Segment[]
}

export interface FunctionalGroup {
  /** GS06, as in the file. */
  readonly control: string
  /** GS03, as in the file: one interchange may carry groups for several. */
  readonly receiver: string
  readonly transactions: readonly Transaction[]
}

export interface Interchange extends Omit<IsaHeader, 'separators'> {
  readonly groups: readonly FunctionalGroup[]
}

/** Why a file went to quarantine. */
export interface QuarantineRefusal extends Refusal {
  /** 1 = the first ISA; counted through the whole file. */
  readonly segment: number
  /** @unit bytes: where that segment begins or should begin, 0 = the file's first byte. */
  readonly offset: number
}

export type ReadOutcome =
  | { readonly ok: true; readonly value: readonly Interchange[] }
  | { readonly ok: false; readonly refusal: QuarantineRefusal }

/**
 * @param bytes one character per byte (`buffer.toString('latin1')`), so that offsets are byte offsets; values that are
 *   UTF-8 come out decoded
 */
export function readInterchanges(bytes: string): ReadOutcome {
  const cursor = cursorOn(bytes)
  const interchanges: Interchange[] = []
  try {
    do interchanges.push(readInterchange(cursor))
    while (!isAtEnd(cursor))
    return { ok: true, value: interchanges }
  } catch (fault) {
    if (!(fault instanceof InterchangeFault)) throw fault
    const { number: segment, start: offset } = cursor
    const message = `Segment ${segment} at byte ${offset}: ${fault.what}; nothing of the file is used, ask the sender for a whole one.`
    return { ok: false, refusal: { code: fault.code, message, segment, offset } }
  }
}

function readInterchange(cursor: SegmentCursor): Interchange {
  const { separators: _, ...header } = advanceToIsa(cursor)
  const groups: FunctionalGroup[] = []
  const seen = new Set<string>()
  for (;;) {
    advance(cursor)
    if (cursor.name === 'GS') {
      groups.push(readGroup(cursor, seen))
    } else if (cursor.name === 'IEA') {
      checkTrailer(cursor, 'functional groups', groups.length, 'ISA13', header.control)
      return { ...header, groups }
    } else throw misplaced(cursor, 'a GS or the IEA')
  }
}

function readGroup(cursor: SegmentCursor, groupsSeen: Set<string>): FunctionalGroup {
  const header = segmentAt(cursor)
  const [, , , receiver = '', , , control = ''] = header
  if (header.length !== 9 || !/^\d{1,9}$/.test(control))
    throw new InterchangeFault('EDI_BAD_ENVELOPE', 'the GS does not have eight elements with a control number in GS06')
  checkNew(groupsSeen, control, 'GS06')
  const transactions: Transaction[] = []
  const seen = new Set<string>()
  for (;;) {
    advance(cursor)
    if (cursor.name === 'ST') {
      transactions.push(readTransaction(cursor, seen))
    } else if (cursor.name === 'GE') {
      checkTrailer(cursor, 'transaction sets', transactions.length, 'GS06', control)
      if (transactions.length === 0) throw new InterchangeFault('EDI_BAD_ENVELOPE', 'the functional group is empty')
      return { control, receiver, transactions }
    } else throw misplaced(cursor, 'an ST or the GE')
  }
}

function readTransaction(cursor: SegmentCursor, transactionsSeen: Set<string>): Transaction {
  const [, set = '', control = ''] = segmentAt(cursor)
  if (!/^[A-Z0-9]{3}$/.test(set) || !/^[A-Za-z0-9]{1,9}$/.test(control))
    throw new InterchangeFault('EDI_BAD_ENVELOPE', 'the ST does not name a transaction set and a control number')
  checkNew(transactionsSeen, control, 'ST02')
  const { bytes, separators, isAscii, number: firstSegment, next: from } = cursor
  for (;;) {
    advance(cursor)
    if (cursor.name === 'SE') {
      checkTrailer(cursor, 'segments', cursor.number - firstSegment + 1, 'ST02', control)
      const to = cursor.start
      return { control, set, segments: () => cutSegments(bytes, from, to, separators, isAscii) }
    }
    if (ENVELOPE.has(cursor.name)) throw misplaced(cursor, 'a segment of the transaction or its SE')
  }
}

const ENVELOPE = new Set(['ISA', 'GS', 'ST', 'GE', 'IEA'])

/** SE, GE and IEA alike: the count of what they close, then the control number of their header. */
function checkTrailer(
  cursor: SegmentCursor,
  counted: string,
  count: number,
  headerField: string,
  control: string,
): void {
  const [name, said = '', echoed = '', ...more] = segmentAt(cursor)
  if (!/^\d{1,10}$/.test(said) || Number(said) !== count)
    throw new InterchangeFault('EDI_BAD_COUNT', `${name}01 does not give the ${count} ${counted} there are`)
  if (echoed !== control || more.length > 0)
    throw new InterchangeFault('EDI_BAD_CONTROL', `${name}02 does not repeat the control number of ${headerField}`)
}

function checkNew(seen: Set<string>, control: string, field: string): void {
  if (seen.has(control))
    throw new InterchangeFault('EDI_DOUBLE_CONTROL', `the control number in ${field} was used before`)
  seen.add(control)
}

function misplaced(cursor: SegmentCursor, expected: string): InterchangeFault {
  return new InterchangeFault('EDI_MISPLACED_SEGMENT', `${cursor.name} stands where ${expected} should stand`)
}
