/** From the transactions of a file to typed messages. What does not fit becomes a work item, with the reason. */
import { type CivilDate, isCivilDate } from '../domain/civil-date.js'
import { dropReasonOf } from './drop-reasons.js'
import type { Interchange } from './read-interchanges.js'
import type { Segment } from './separators.js'
import type {
  Acknowledged,
  Acknowledgment,
  MonthlyUsage,
  UtilityMessage,
  UtilityStatement,
} from './utility-messages.js'

/** BGN06 of a response that answers no request. */
const MANUAL = 'MANUAL'

/**
 * One message for every transaction, in the file's order, none left out. Whether a message concerns one of our requests, and
 * whether it has been applied before, is for the ledger to find out.
 */
export function readUtilityMessages(interchanges: readonly Interchange[]): UtilityMessage[] {
  const messages: UtilityMessage[] = []
  for (const { sender, receiver, usage, control: interchange, groups } of interchanges) {
    for (const { control: group, receiver: groupReceiver, transactions } of groups) {
      const envelope = { sender, receiver, groupReceiver, usage, interchange, group }
      for (const { control: transaction, set, segments } of transactions) {
        const source = { ...envelope, transaction, set, index: messages.length }
        messages.push({ source, ...statementOf(set, segments()) })
      }
    }
  }
  return messages
}

/** Thrown only inside this file, so that each reader can be written as the segments stand. */
class Misfit {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

function statementOf(set: string, segments: readonly Segment[]): UtilityStatement {
  try {
    switch (set) {
      case '814':
        return read814(segments)
      case '867':
        return read867(segments)
      case '997':
        return read997(segments)
      default:
        throw new Misfit('the transaction set is not one we expect')
    }
  } catch (misfit) {
    if (!(misfit instanceof Misfit)) throw misfit
    return { kind: 'unrecognised', why: `Transaction set ${set}: ${misfit.why}.` }
  }
}

function read814(segments: readonly Segment[]): UtilityStatement {
  const bgn = only(segments, 'BGN')
  const lin = only(segments, 'LIN')
  const asi = only(segments, 'ASI')
  if (lin[3] !== 'EL' || lin[5] !== 'CE') throw new Misfit('the LIN is not for electric generation service')
  const request = { id: required(lin, 1), bgn: bgn[6] || null }
  const common = {
    reference: required(bgn, 2),
    account: requiredReference(segments, '12'),
    servicePoint: references(segments, 'LU')[0] ?? null,
    processedOn: dayOf(bgn, 3),
  }
  switch (`${bgn[1]} ${asi[1]}*${asi[2]}`) {
    case '11 WQ*021': {
      const accept = { ...common, startsOn: requiredDate(segments, '150'), statuses: references(segments, '1P') }
      if (request.bgn !== MANUAL) return { kind: 'enrollment-accepted', ...request, ...accept }
      return { kind: 'enrollment-unsolicited', ...accept, formerAccount: references(segments, '45')[0] ?? null }
    }
    case '11 U*021':
      return { kind: 'enrollment-rejected', ...request, ...common, reasons: requiredReferences(segments, '7G') }
    case '11 WQ*024':
      return { kind: 'drop-accepted', ...request, ...common, endsOn: findDate(segments, '151') }
    case '11 U*024':
      return { kind: 'drop-rejected', ...request, ...common, reasons: requiredReferences(segments, '7G') }
    case '13 F*024':
    case '13 7*024': {
      const codes = requiredReferences(segments, '1P')
      return {
        kind: 'drop-by-utility',
        ...common,
        reason: dropReasonOf(codes),
        codes,
        endsOn: findDate(segments, '151'),
      }
    }
    default:
      throw new Misfit('BGN01 and ASI together say nothing we handle')
  }
}

const USAGE_PURPOSES: Readonly<Record<string, MonthlyUsage['purpose']>> = {
  '00': 'original',
  '01': 'cancellation',
  '05': 'replacement',
}

function read867(segments: readonly Segment[]): MonthlyUsage {
  const bpt = only(segments, 'BPT')
  const purpose = USAGE_PURPOSES[bpt[1] ?? '']
  const [from, to] = [requiredDate(segments, '150'), requiredDate(segments, '151')]
  if (purpose === undefined) throw new Misfit('BPT01 is neither original, cancellation nor replacement')
  if (from > to) throw new Misfit('the service period ends before it begins')
  const servicePoint = references(segments, 'LU')[0] ?? null
  return {
    kind: 'monthly-usage',
    reference: required(bpt, 2),
    account: requiredReference(segments, '12'),
    servicePoint,
    purpose,
    from,
    to,
  }
}

/** AK501 and AK901. M, W and X are refusals for want of authentication or of readable content. */
const VERDICTS: Readonly<Record<string, Acknowledged>> = {
  A: 'accepted',
  E: 'accepted-with-errors',
  P: 'partly-accepted',
  R: 'rejected',
  M: 'rejected',
  W: 'rejected',
  X: 'rejected',
}

function read997(segments: readonly Segment[]): Acknowledgment {
  const ak1 = only(segments, 'AK1')
  const ak9 = only(segments, 'AK9')
  const sets = segments.filter(([name]) => name === 'AK2')
  const verdicts = segments.filter(([name]) => name === 'AK5')
  if (sets.length !== verdicts.length) throw new Misfit('not every AK2 has its AK5')
  const [included, received, accepted] = [2, 3, 4].map((element) => Number(required(ak9, element, /^\d{1,6}$/))) as [
    number,
    number,
    number,
  ]
  const transactions = sets.map((ak2, i) => {
    const ak5 = verdicts[i] ?? []
    return {
      set: required(ak2, 1),
      control: required(ak2, 2),
      verdict: verdictOf(ak5),
      codes: ak5.slice(2).filter((code) => code !== ''),
    }
  })
  const group = {
    functionalIdentifier: required(ak1, 1),
    acknowledgedGroup: required(ak1, 2, /^\d{1,9}$/),
    verdict: verdictOf(ak9),
  }
  return { kind: 'acknowledgment', ...group, included, received, accepted, transactions }
}

function verdictOf(segment: Segment): Acknowledged {
  const verdict = VERDICTS[segment[1] ?? '']
  if (verdict === undefined) throw new Misfit(`${segment[0]}01 is no verdict`)
  return verdict
}

function only(segments: readonly Segment[], name: string): Segment {
  let found: Segment | undefined
  for (const segment of segments) {
    if (segment[0] !== name) continue
    if (found !== undefined) throw new Misfit(`there is more than one ${name}`)
    found = segment
  }
  if (found === undefined) throw new Misfit(`there is no ${name}`)
  return found
}

function required(segment: Segment, element: number, shape = /./): string {
  const value = segment[element] ?? ''
  if (!shape.test(value)) throw new Misfit(`${segment[0]}0${element} is missing or not what it should be`)
  return value
}

/** REF02 of every REF with this qualifier, in order. */
function references(segments: readonly Segment[], qualifier: string): string[] {
  const values: string[] = []
  for (const segment of segments) {
    const value = segment[2]
    if (segment[0] === 'REF' && segment[1] === qualifier && value) values.push(value)
  }
  return values
}

function requiredReferences(segments: readonly Segment[], qualifier: string): string[] {
  const values = references(segments, qualifier)
  if (values.length === 0) throw new Misfit(`there is no REF*${qualifier}`)
  return values
}

function requiredReference(segments: readonly Segment[], qualifier: string): string {
  const [value = '', ...others] = requiredReferences(segments, qualifier)
  if (others.some((other) => other !== value)) throw new Misfit(`there is more than one REF*${qualifier}`)
  return value
}

/** The first DTM with this qualifier; null when there is none. */
function findDate(segments: readonly Segment[], qualifier: string): CivilDate | null {
  const found = segments.find((segment) => segment[0] === 'DTM' && segment[1] === qualifier)
  return found === undefined ? null : dayOf(found, 2)
}

function requiredDate(segments: readonly Segment[], qualifier: string): CivilDate {
  const date = findDate(segments, qualifier)
  if (date === null) throw new Misfit(`there is no DTM*${qualifier}`)
  return date
}

/** Reads CCYYMMDD. */
function dayOf(segment: Segment, element: number): CivilDate {
  const compact = segment[element] ?? ''
  const text = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`
  if (!isCivilDate(text)) throw new Misfit(`${segment[0]}0${element} is not a day`)
  return text
}
