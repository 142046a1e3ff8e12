/** What each plan file may hold, field by field. Every value of law, plan or utility has a unit and a clause. */
import { z } from 'zod'
import { ELIGIBILITIES } from '../domain/account.js'
import { dayOfWeek } from '../domain/civil-date.js'
import { AUTHORITY_KINDS, FINDING_CODES } from '../domain/plan.js'
import { CHANNELS } from '../domain/receipt.js'
import { civilDateShape } from './calendar-file.js'

const text = z.string().min(1)
const slug = z.string().regex(/^[a-z0-9-]+$/, 'expected lower-case letters, digits and hyphens')
const count = z.int().nonnegative()
const positive = z.int().positive()
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'expected a time like "17:45", in quotes')
const rollMode = z.enum(['none', 'sundayOnly', 'nextBusinessDay'])
const zone = z.string().refine(isZone, 'expected a time zone such as America/Chicago')

const ruling = z
  .string()
  .regex(/^R-\d{3}$/, 'expected the name of a ruling such as R-002')
  .exactOptional()
const clause = z.strictObject({ cite: text, ruling })

function cited<T extends z.ZodType>(value: T) {
  return z.strictObject({
    value,
    unit: text,
    cite: text,
    since: civilDateShape.exactOptional(),
    ruling,
    verified: z.boolean().exactOptional(),
  })
}

const noticeFacts = z.record(z.string().regex(/^[a-z][A-Za-z]*$/, 'expected a name like envelopeLegend'), cited(text))
const noComputation = z.array(z.strictObject({ clause: text, reason: text }))

const authorityStep = z.strictObject({
  kind: z.enum(AUTHORITY_KINDS),
  what: text,
  on: civilDateShape,
  cite: text,
  verified: z.boolean().exactOptional(),
})

const aggregator = z.strictObject({
  cite: text,
  name: text,
  shortName: text,
  kind: z.enum(['village', 'county', 'township']),
  addressLines: z.array(text).min(1),
  phone: text,
  signatory: z.strictObject({ name: text, title: text, verified: z.boolean().exactOptional() }),
  authority: z.array(authorityStep).min(1),
})

export const programFileShape = z.strictObject({
  id: slug,
  version: civilDateShape,
  title: text,
  participation: z.literal('opt-out'),
  state: slug,
  utility: slug,
  calendar: slug,
  zone,
  aggregator,
  clauses: z.strictObject({
    listReview: clause,
    bids: clause,
    noticeProof: clause,
    noticeApproval: clause,
    omittedMember: clause,
  }),
  dataRequestReminder: cited(positive),
  listSignatures: cited(positive),
  window: z.strictObject({ initial: cited(positive), renewal: cited(positive), addition: cited(positive) }),
  windowRoll: cited(rollMode),
  channels: cited(z.array(z.enum(CHANNELS)).min(1)),
  presumedTransitDays: cited(count),
  mailGraceDays: cited(count),
  submissionAt: cited(localTime),
  eligibility: z.record(z.enum(FINDING_CODES), cited(z.enum(ELIGIBILITIES))),
  award: z.strictObject({
    minimumTermMonths: cited(positive),
    mustBeBelowDefault: cited(z.boolean()),
    mustHaves: z.array(z.strictObject({ id: slug, label: text, cite: text })),
  }),
  fees: z.strictObject({ history: z.array(cited(count)) }),
  avoidReadInRescission: cited(z.boolean()),
  printBatchLetters: cited(positive),
  noticeFacts,
  noComputation,
})

export const stateFileShape = z.strictObject({
  id: slug,
  name: text,
  rescissionDays: cited(count),
  rescissionRoll: cited(rollMode),
  commissionFilingDays: cited(positive),
  smallCommercialKwh: cited(positive),
  earlyTerminationFee: cited(count),
  noticeFacts,
  noComputation,
})

const rejectHandling = z.enum(['terminal', 'person', 'already-submitted', 'reschedule', 'our-error', 'stop-batch'])

export const utilityFileShape = z
  .strictObject({
    id: slug,
    name: text,
    dunsNumber: cited(z.string().regex(/^\d{9}(\d{4})?$/, 'expected nine or thirteen digits, in quotes')),
    accountNumberDigits: cited(positive),
    cutoffDays: cited(count),
    cutoffAt: cited(localTime),
    maxLeadDays: cited(positive),
    billingWindow: cited(z.strictObject({ before: count, after: count })),
    acknowledgmentHours: cited(positive),
    responseBusinessDays: cited(positive),
    anonymity: z.strictObject({ minimumCustomers: cited(positive), maximumSharePercent: cited(positive.max(100)) }),
    rejectCodes: z.record(
      z.string().regex(/^[A-Z0-9]{2,3}$/, 'expected a reason code such as A76'),
      z.strictObject({ text, handling: rejectHandling, cite: text }),
    ),
    noticeFacts,
    noComputation,
  })
  .refine((utility) => utility.cutoffDays.value < utility.maxLeadDays.value, {
    path: ['maxLeadDays'],
    error: 'expected more days than cutoffDays, or no read can ever be asked for',
  })

/** Closed days of a year with their names. A weekend day is refused: it is closed anyway and stands there by mistake. */
const closedDays = z.record(civilDateShape, text).refine((days) => Object.keys(days).every(isWeekday), {
  error: 'expected no Saturday and no Sunday, which are closed anyway',
})

const edition = z
  .strictObject({
    year: z.int().min(1900).max(2199),
    verified: z.boolean(),
    cite: text,
    billing: closedDays,
    edi: closedDays,
  })
  .refine((of) => [...Object.keys(of.billing), ...Object.keys(of.edi)].every((day) => day.startsWith(`${of.year}-`)), {
    error: 'expected only days of that year',
  })

export const calendarFileShape = z
  .strictObject({ id: slug, editions: z.array(edition).min(1) })
  .refine(({ editions }) => editions.every((of, at) => at === 0 || of.year === (editions[at - 1]?.year ?? 0) + 1), {
    path: ['editions'],
    error: 'expected one edition for every year, in order and without a gap',
  })

function isWeekday(day: string): boolean {
  return dayOfWeek(day as Parameters<typeof dayOfWeek>[0]) < 6
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}
