/** The verbs that the server takes, each tied to the desk's function of that name. Reading needs no role but to be signed in. */
import { z } from 'zod'
import { caseOf } from '../client/case.js'
import { approveNotice, award, openBids, planDrops, proveNotice, signList } from '../client/decisions.js'
import type { Asking, Desk } from '../client/desk.js'
import {
  addBid,
  addEvidence,
  addReceipt,
  addReturn,
  closeWorkItem,
  importList,
  planReMail,
  resolveSending,
  stop,
} from '../client/facts.js'
import { reconcile } from '../client/reconcile.js'
import { accountIdsOf, storeSelection } from '../client/selections.js'
import { ledgerOf } from '../client/ledger.js'
import { startProgram } from '../client/start-program.js'
import { statusOf } from '../client/status.js'
import { LIST_KINDS } from '../domain/account.js'
import type { CivilDate } from '../domain/civil-date.js'
import { readLetterCode } from '../domain/letter-code.js'
import { CHANNELS } from '../domain/receipt.js'
import { accepted, type Outcome } from '../domain/refusal.js'
import { INITIAL_COHORT } from '../domain/run-ids.js'
import { civilDateShape } from '../persistence/calendar-file.js'
import { parseBoundary } from '../persistence/list-files/boundary-file.js'
import { OPERATOR_ROLES } from '../persistence/ledger/operators.js'
import { SENDING_CHOICES } from '../persistence/ledger/undecided-sendings.js'
import { STOPPABLE } from '../persistence/ledger/stop-switches.js'
import { listMappingShape } from '../persistence/list-mapping.js'
import { recallPlan } from '../persistence/plan-cache.js'
import { dollars, moment, rate, rates, text } from './input-shapes.js'
import { recordVerbs } from './record-verbs.js'
import { userVerbs } from './user-verbs.js'
import { type VerbTable, webVerb } from './verb-table.js'

/** A list of 300,000 service points with a dozen columns. */
const LIST_BYTES = 64 * 1_048_576
/** A boundary file names every street of a village. */
const BOUNDARY_BYTES = 4 * 1_048_576

const nothing = z.strictObject({})
const everybody = OPERATOR_ROLES
const people = ['clerk', 'village', 'consultant'] as const

const reading: VerbTable = {
  programs: webVerb({
    roles: everybody,
    scope: 'installation',
    input: nothing,
    run: async (desk) =>
      accepted(await desk.database.kysely.selectFrom('program').select('program_id').orderBy('program_id').execute()),
  }),
  status: webVerb({
    roles: everybody,
    scope: 'program',
    input: nothing,
    run: async (desk, { programId }) => accepted(await statusOf(desk, programId)),
  }),
  case: webVerb({
    roles: everybody,
    scope: 'program',
    input: z.strictObject({ account: text }),
    run: (desk, { programId }, { account }) => caseOf(desk, programId, account),
  }),
  ledger: webVerb({
    roles: everybody,
    scope: 'program',
    input: nothing,
    run: (desk, { programId }) => ledgerOf(desk, programId),
  }),
}

const facts: VerbTable = {
  'program-start': webVerb({
    roles: ['village', 'consultant'],
    scope: 'new-program',
    maxBytes: BOUNDARY_BYTES,
    input: z.strictObject({
      plan: text,
      /** The boundary file's text. */
      boundary: z.string(),
      /** Scheduled reads by bill group, as the utility publishes them. */
      readDates: z.record(z.string(), z.array(civilDateShape)),
      defaultRates: z.strictObject({ on: civilDateShape, centsPerKwh: rates, source: text }),
    }),
    async run(desk, asking, { plan, boundary, readDates, defaultRates: { on, centsPerKwh, source } }) {
      parseBoundary(boundary, 'as sent')
      return startProgram(desk, asking, {
        terms: await recallPlan(plan),
        boundary,
        rehearsal: desk.clock === 'stepped',
        clock: desk.clock,
        offsetMs: 0,
        readDates,
        defaultRates: { on, rates: centsPerKwh, source },
      })
    },
  }),
  'list-import': webVerb({
    roles: people,
    scope: 'program',
    maxBytes: LIST_BYTES,
    input: z.strictObject({
      asOf: civilDateShape,
      mapping: listMappingShape.optional(),
      files: z
        .array(z.strictObject({ kind: z.enum(LIST_KINDS), name: text, base64: z.base64() }))
        .min(1)
        .max(LIST_KINDS.length),
    }),
    run: (desk, asking, { asOf, mapping, files }) =>
      importList(desk, asking, {
        asOf,
        mapping: mapping ?? null,
        source: 'import',
        files: files.map(({ kind, name, base64 }) => ({ kind, name, content: Buffer.from(base64, 'base64') })),
      }),
  }),
  'bid-add': webVerb({
    roles: [...people, 'supplier'],
    scope: 'program',
    input: z.strictObject({
      ...{ supplier: text, legalName: text, addressLines: z.array(text).min(1).max(6), phone: text, phoneHours: text },
      ...{ url: text, energyMix: text, supplierId: text, centsPerKwh: rates, termMonths: z.int().positive() },
      fees: z.strictObject({ joining: dollars, switching: dollars, moving: dollars, leaving: dollars }),
      toAggregatorDollars: dollars,
      toConsultantCentsPerKwh: rate.optional(),
      proofs: z.record(z.string(), z.boolean()),
    }),
    run: (desk, asking, { centsPerKwh, toConsultantCentsPerKwh = 0, ...bid }) =>
      addBid(desk, asking, { ...bid, rates: centsPerKwh, toConsultantMilliCents: toConsultantCentsPerKwh }),
  }),
  'evidence-add': webVerb({
    roles: people,
    scope: 'program',
    input: z.strictObject({
      cohort: text.default(INITIAL_COHORT),
      dropNo: z.int().positive(),
      on: civilDateShape,
      pieces: z.int().nonnegative(),
      form: text,
    }),
    run: addEvidence,
  }),
  'receipt-add': webVerb({
    roles: [...people, 'supplier'],
    scope: 'program',
    input: z.strictObject({
      /** Empty when only the letter code is known. */
      account: z.string().trim().max(100),
      letterCode: text.optional(),
      channel: z.enum(CHANNELS),
      postmark: civilDateShape.nullable().default(null),
      received: moment,
      signed: z.boolean().default(true),
    }),
    async run(desk, asking, { letterCode, ...reply }) {
      if (letterCode === undefined) return addReceipt(desk, asking, reply)
      const code = readLetterCode(letterCode)
      return code.ok ? addReceipt(desk, asking, { ...reply, letterCode: code.value }) : code
    },
  }),
  'return-add': webVerb({
    roles: people,
    scope: 'program',
    input: z.strictObject({ letterCode: text, returnedOn: civilDateShape }),
    async run(desk, asking, { letterCode, returnedOn }) {
      const code = readLetterCode(letterCode)
      return code.ok ? addReturn(desk, asking, code.value, returnedOn) : code
    },
  }),
  're-mail-plan': webVerb({
    roles: people,
    scope: 'program',
    input: z.strictObject({ accounts: z.array(text).min(1), plannedOn: civilDateShape }),
    async run(desk, asking, { accounts, plannedOn }) {
      const ids = await accountIdsOf(desk, asking.programId, accounts)
      return ids.ok ? planReMail(desk, asking, ids.value, plannedOn) : ids
    },
  }),
  'work-item-close': webVerb({
    roles: people,
    scope: 'program',
    input: z.strictObject({ item: z.int().positive(), resolution: text }),
    run: (desk, asking, { item, resolution }) => closeWorkItem(desk, asking, item, resolution),
  }),
}

const decisions: VerbTable = {
  'list-sign': webVerb({
    roles: people,
    scope: 'program',
    input: nothing,
    run: (desk, asking) => signList(desk, asking),
  }),
  'bid-open': webVerb({
    roles: ['village', 'consultant'],
    scope: 'program',
    input: nothing,
    run: (desk, asking) => openBids(desk, asking),
  }),
  award: webVerb({
    roles: ['village'],
    scope: 'program',
    /** Null rejects every bid of the round. */
    input: z.strictObject({ supplier: text.nullable() }),
    run: (desk, asking, { supplier }) => award(desk, asking, supplier),
  }),
  'drops-plan': webVerb({
    roles: people,
    scope: 'program',
    maxBytes: LIST_BYTES,
    input: z.strictObject({
      drops: z
        .array(
          /** Null takes everybody whom no earlier drop takes. */
          z.strictObject({ plannedOn: civilDateShape, accounts: z.array(text).min(1).nullable() }),
        )
        .min(1)
        .max(100),
    }),
    run: planDropsOf,
  }),
  'notice-proof': webVerb({
    roles: people,
    scope: 'program',
    input: nothing,
    run: (desk, asking) => proveNotice(desk, asking),
  }),
  'notice-approve': webVerb({
    roles: ['village'],
    scope: 'program',
    input: nothing,
    run: (desk, asking) => approveNotice(desk, asking),
  }),
  stop: webVerb({
    roles: [...people, 'supplier'],
    scope: 'program',
    input: z.strictObject({ party: z.enum(STOPPABLE), on: z.boolean(), why: text }),
    run: (desk, asking, { party, on, why }) => stop(desk, asking, party, on, why),
  }),
}

async function planDropsOf(
  desk: Desk,
  asking: Asking,
  {
    drops,
  }: { readonly drops: readonly { readonly plannedOn: CivilDate; readonly accounts: readonly string[] | null }[] },
): Promise<Outcome<unknown>> {
  const requests = []
  for (const [index, { plannedOn, accounts }] of drops.entries()) {
    const stored = accounts === null ? null : await storeSelection(desk, asking, index + 1, accounts)
    if (stored?.ok === false) return stored
    requests.push({ plannedOn, selection: stored === null ? null : stored.value.selection })
  }
  return planDrops(desk, asking, requests)
}

const repairs: VerbTable = {
  'sending-resolve': webVerb({
    roles: people,
    scope: 'program',
    input: z.strictObject({ sending: z.int().positive(), choice: z.enum(SENDING_CHOICES) }),
    run: (desk, asking, { sending, choice }) => resolveSending(desk, asking, sending, choice),
  }),
  reconcile: webVerb({
    roles: ['village', 'consultant'],
    scope: 'program',
    input: z.strictObject({ why: text }),
    run: (desk, asking, { why }) => reconcile(desk, asking, why),
  }),
}

export const verbs: VerbTable = { ...reading, ...recordVerbs, ...facts, ...decisions, ...repairs, ...userVerbs }
