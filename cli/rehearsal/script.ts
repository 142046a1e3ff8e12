/** The script of a rehearsal: the facts that come from outside, as a person writes them. Unknown fields are refused. */
import { z } from 'zod'
import { RATE_CLASSES } from '../../domain/account.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { atLocalTime, compareInstants, type Instant, instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { parseRate } from '../../domain/price-guard.js'
import { CHANNELS } from '../../domain/receipt.js'
import { calendarShape, civilDateShape } from '../../persistence/calendar-file.js'
import { checked, readJson } from '../../persistence/input-file.js'
import { UsageError } from '../output.js'

const rate = z.union([z.number(), z.string()]).transform((value, context) => {
  const read = parseRate(value)
  if (read.ok) return read.value
  context.addIssue({ code: 'custom', message: read.refusal.message })
  return z.NEVER
})
const rates = z.strictObject(Object.fromEntries(RATE_CLASSES.map((name) => [name, rate.optional()])))
const moment = z.string().transform((text, context): Instant => {
  try {
    return instant(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})
const account = z.string().min(1)

/** What a script leaves out about a bidder, the simulated supplier supplies. */
const bid = z.strictObject({
  supplier: z.string().min(1),
  centsPerKwh: rates,
  termMonths: z.int().positive(),
  legalName: z.string().min(1).optional(),
  addressLines: z.array(z.string().min(1)).min(1).optional(),
  phone: z.string().min(1).optional(),
  phoneHours: z.string().min(1).optional(),
  url: z.string().min(1).optional(),
  energyMix: z.string().min(1).optional(),
  proofs: z.record(z.string(), z.boolean()).optional(),
  leavingFeeDollars: z.int().nonnegative().optional(),
})

const scriptShape = z.strictObject({
  start: civilDateShape,
  plan: z.string().optional(),
  calendar: calendarShape.optional(),
  readDates: z.record(z.string(), z.array(civilDateShape)),
  defaultRates: z.strictObject({ on: civilDateShape, ...rates.shape }),
  bids: z.array(bid),
  /** Null or left out: all bids are rejected. */
  award: z.string().nullable().optional(),
  drops: z.array(
    z.strictObject({
      evidenceDate: civilDateShape,
      accounts: z.union([z.literal('all'), z.array(account).min(1)]),
      certifiedPieces: z.int().nonnegative().optional(),
    }),
  ),
  receipts: z
    .array(
      z.strictObject({
        account: z.string(),
        channel: z.enum(CHANNELS),
        postmark: civilDateShape.optional(),
        received: moment,
        signed: z.boolean().optional(),
      }),
    )
    .default([]),
  undeliverable: z
    .array(z.strictObject({ account, returned: civilDateShape, remailedEvidenceDate: civilDateShape.optional() }))
    .default([]),
  utility: z
    .strictObject({
      rejects: z.array(z.strictObject({ account, code: z.string().min(1) })).default([]),
      rescissions: z.array(z.strictObject({ account, on: civilDateShape })).default([]),
      /** Days on which service really began, where the simulated utility shall not choose them. */
      actualStarts: z.array(z.strictObject({ account, on: civilDateShape })).default([]),
    })
    .default({ rejects: [], rescissions: [], actualStarts: [] }),
})
export type RehearsalScript = z.infer<typeof scriptShape>

/** @throws InputFileError or UsageError: one sentence that says what is wrong, where, and how to mend it. */
export function readScript(path: string, plan: string): RehearsalScript {
  const script = checked(scriptShape, readJson(path, 'rehearsal script'), path, 'rehearsal script')
  const wrong = (where: string, what: string): never => {
    throw new UsageError(`The rehearsal script ${path} contradicts itself at ${where}: ${what}.`)
  }
  if (script.plan !== undefined && script.plan !== plan)
    wrong('plan', `it is written for "${script.plan}" and --plan says "${plan}"; make them the same`)
  if (script.defaultRates.on > script.start)
    wrong(
      'defaultRates.on',
      'the default rates begin after the start, so none would hold at the award; date them on or before it',
    )
  if (script.award != null && !script.bids.some((each) => each.supplier === script.award))
    wrong('award', 'no bid is by that supplier; name one of the bidders, or null to reject all')
  const suppliers = script.bids.map((each) => each.supplier)
  if (new Set(suppliers).size < suppliers.length) wrong('bids', 'a supplier bids twice; one bid each')
  const named = new Set<string>()
  let everybody = false
  for (const [index, drop] of script.drops.entries()) {
    const where = `drops[${index}]`
    if (drop.evidenceDate < script.start)
      wrong(
        where,
        'the evidence is dated before the start, when no notice was approved yet; date it on or after the start',
      )
    if (drop.accounts === 'all') {
      if (everybody) wrong(where, 'an earlier drop takes all accounts already; leave one of them out')
      everybody = true
      continue
    }
    for (const [position, number] of drop.accounts.entries()) {
      if (named.has(number))
        wrong(`${where}.accounts[${position}]`, 'the account is in an earlier drop, or twice in this one; name it once')
      named.add(number)
    }
  }
  const again = new Map<string, CivilDate | undefined>()
  for (const [index, entry] of script.undeliverable.entries()) {
    const where = `undeliverable[${index}]`
    if (entry.returned < script.start)
      wrong(where, 'the notice comes back before the start; date the return after its drop')
    const { account, returned, remailedEvidenceDate } = entry
    if (remailedEvidenceDate !== undefined && remailedEvidenceDate < returned)
      wrong(where, 'the notice is re-mailed before it came back; date the re-mailing on or after the return')
    const before = again.get(account)
    if (again.has(account) && (before === undefined || returned < before))
      wrong(
        `${where}.account`,
        'its notice came back before and was not re-mailed in between; date the re-mailing first',
      )
    again.set(account, remailedEvidenceDate)
  }
  for (const key of ['rejects', 'rescissions', 'actualStarts'] as const) {
    const accounts = new Set<string>()
    for (const [index, entry] of script.utility[key].entries()) {
      const where = `utility.${key}[${index}]`
      if (accounts.has(entry.account)) wrong(`${where}.account`, 'the account is named before; give one entry for each')
      accounts.add(entry.account)
      if ('on' in entry && entry.on < script.start) wrong(`${where}.on`, 'it is dated before the start; date it later')
    }
  }
  return script
}

/** Facts against the list: who is named has to be listed, and nothing may come before the notice is approved. */
export function checkAgainstList(
  script: RehearsalScript,
  path: string,
  listed: ReadonlySet<string>,
  terms: Pick<PlanTerms, 'zone'>,
): void {
  const wrong = (where: string, what: string): never => {
    throw new UsageError(`The rehearsal script ${path} contradicts the list at ${where}: ${what}.`)
  }
  const approved = startOf(script, terms)
  for (const [index, drop] of script.drops.entries()) {
    if (drop.accounts === 'all') continue
    for (const [position, number] of drop.accounts.entries())
      if (!listed.has(number))
        wrong(`drops[${index}].accounts[${position}]`, 'the utility lists no such account; correct the number')
  }
  for (const [index, entry] of script.undeliverable.entries()) {
    if (!listed.has(entry.account))
      wrong(`undeliverable[${index}].account`, 'the utility lists no such account; correct the number')
    const drop =
      script.drops.find((each) => each.accounts !== 'all' && each.accounts.includes(entry.account)) ??
      script.drops.find((each) => each.accounts === 'all')
    if (drop === undefined)
      wrong(
        `undeliverable[${index}].account`,
        'no drop takes the account, so its notice cannot come back; put it into a drop',
      )
    else if (entry.returned < drop.evidenceDate)
      wrong(
        `undeliverable[${index}].returned`,
        'the notice comes back before its drop was mailed; date the return on or after the evidence',
      )
  }
  for (const [index, receipt] of script.receipts.entries()) {
    if (compareInstants(receipt.received, approved) < 0)
      wrong(`receipts[${index}].received`, 'the reply comes before the notice was approved; date it after the start')
  }
  for (const [key, entries] of [
    ['rejects', script.utility.rejects],
    ['rescissions', script.utility.rescissions],
    ['actualStarts', script.utility.actualStarts],
  ] as const) {
    for (const [index, entry] of entries.entries())
      if (!listed.has(entry.account))
        wrong(`utility.${key}[${index}].account`, 'the utility lists no such account; correct the number')
  }
}

/** Stand-ins take every step without a scripted date at this moment. */
export function startOf(script: Pick<RehearsalScript, 'start'>, terms: Pick<PlanTerms, 'zone'>): Instant {
  return atLocalTime(terms.zone, script.start, STAND_IN_TIME)
}

const STAND_IN_TIME = '08:00'
