/** Verbs of a cycle up to the award: each says what came of it and what comes next. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LIST_KINDS } from '../../domain/account.js'
import { readInputText, readJson } from '../../persistence/input-file.js'
import { listSourcesIn } from '../../persistence/list-files/list-source.js'
import { NO_MAPPING, readListMapping } from '../../persistence/list-mapping.js'
import { dateArgument, momentArgument } from '../arguments.js'
import type { VerbOptions } from '../command-options.js'
import { local, localDay } from '../local-time.js'
import { printProgress, printResult, UsageError } from '../output.js'
import { callVerb, nowOf, programOf, settle } from '../verb-call.js'
import type { Options } from './typed.js'

export async function programStart(
  options: Options<{ plan: string; name?: string; boundary: string; defaultRates: string; readDates?: string }>,
): Promise<void> {
  const rates = readJson(options.defaultRates, 'default rates') as {
    on?: string
    centsPerKwh?: unknown
    source?: string
  }
  const programId = options.name ?? options.plan
  const value = await callVerb<{ programId: string }>(
    options,
    'program-start',
    {
      plan: options.plan,
      boundary: readInputText(options.boundary, 'boundary file'),
      readDates: readJson(options.readDates ?? join(options.data, 'simulated', 'read-dates.json'), 'read dates'),
      defaultRates: rates,
    },
    programId,
  )
  await settle(options, programId)
  printResult(options, value, [
    `Program ${value.programId} is started; the data request goes to the utility by e-mail.`,
    'Next: meterhall status',
  ])
}

export async function listImport(options: Options<{ list: string; mapping?: string; asOf?: string }>): Promise<void> {
  const mapping = options.mapping === undefined ? undefined : readListMapping(options.mapping)
  const sources = await listSourcesIn(options.list, mapping ?? NO_MAPPING)
  const files = sources.map((source) => {
    const path = (source.content as { readonly path: string }).path
    return { kind: source.kind, name: basename(path), base64: readFileSync(path).toString('base64') }
  })
  const program = await programOf(options)
  const asOf =
    options.asOf === undefined ? localDay(await nowOf(options, program)) : dateArgument('--as-of', options.asOf)
  const value = await callVerb<{ listId: string; repeated: boolean }>(
    options,
    'list-import',
    { asOf, files, ...(mapping === undefined ? {} : { mapping }) },
    program,
  )
  await settle(options, program)
  const what = value.repeated
    ? 'This list was imported before; nothing changed.'
    : `List ${value.listId.slice(0, 12)} (${LIST_KINDS.length} files) is stored and goes into review.`
  printResult(options, value, [what, 'Next: meterhall status, then meterhall list sign'])
}

export async function listSign(options: VerbOptions): Promise<void> {
  const program = await programOf(options)
  const value = await callVerb<{ signatures: number; needed: number }>(options, 'list-sign', {}, program)
  await settle(options, program)
  const next =
    value.signatures < value.needed
      ? 'Next: another person signs with meterhall list sign'
      : 'Next: meterhall bid add FILE, one for each supplier'
  printResult(options, value, [`Signed: ${value.signatures} of ${value.needed}.`, next])
}

export async function bidAdd(file: string, options: VerbOptions): Promise<void> {
  const value = await callVerb<{ round: number }>(options, 'bid-add', readJson(file, 'bid'), await programOf(options))
  printResult(options, value, [
    `The bid is sealed in round ${value.round} until all are opened.`,
    'Next: more bids, or meterhall bid open',
  ])
}

export async function bidOpen(options: VerbOptions): Promise<void> {
  const program = await programOf(options)
  const value = await callVerb<{ bids: number; qualified: number }>(options, 'bid-open', {}, program)
  await settle(options, program)
  const next =
    value.bids === 0
      ? 'Next: meterhall bid add FILE; the round ended without a bid, and a new one takes bids'
      : 'Next: meterhall award SUPPLIER, or meterhall award --reject-all'
  printResult(options, value, [
    `${value.bids} ${value.bids === 1 ? 'bid' : 'bids'} opened; ${value.qualified} may be awarded today.`,
    next,
  ])
}

export async function awardTo(supplier: string | undefined, options: Options<{ rejectAll?: boolean }>): Promise<void> {
  if ((supplier === undefined) === (options.rejectAll !== true))
    throw new UsageError('Name one supplier, or say --reject-all; not both.')
  const program = await programOf(options)
  const value = await callVerb<{ outcome: string }>(options, 'award', { supplier: supplier ?? null }, program)
  await settle(options, program)
  const next =
    value.outcome === 'awarded'
      ? 'Next: meterhall notice proof --drop DATE'
      : 'Next: meterhall bid add FILE for a new round'
  printResult(options, value, [
    value.outcome === 'awarded' ? `Awarded to ${supplier}.` : 'All bids are rejected.',
    next,
  ])
}

export async function moveClock(typed: string, options: VerbOptions): Promise<void> {
  const to = momentArgument('The moment', typed)
  let value = await callVerb<{ now: string; reached: boolean }>(options, 'clock', { to })
  while (!value.reached) {
    printProgress(`Program time is ${local(value.now)} …`)
    value = await callVerb<{ now: string; reached: boolean }>(options, 'clock', { to })
  }
  printResult(options, value, [`Program time is ${local(value.now)}.`, 'Next: meterhall status'])
}
