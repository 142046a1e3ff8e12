/**
 * `POST /verbs/<name>` with `{"verbId", "programId", "input"}`.
 *
 * The id is the client's own and unique for ever: sent again, for whatever reason, it has one effect and one answer. Who acts is who
 * is signed in, never what the request says.
 */
import type { Context } from 'hono'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Desk } from '../client/desk.js'
import { denial, deny } from './answers.js'
import { within } from './within.js'
import { checkedInput, readJson } from './read-json.js'
import type { SignedIn } from './sign-in.js'
import type { VerbTable, WebVerb } from './verb-table.js'

export interface VerbRouteOptions {
  readonly desk: Desk
  readonly verbs: VerbTable
  readonly logger: Logger
  /** A minute when left out. @unit ms */
  readonly answerLimitMs?: number
}

const MAX_BYTES = 1_048_576
/** Shorter than the patience of proxies and of people; a run that is frozen, or works through a million accounts, takes longer. */
const ANSWER_LIMIT_MS = 60_000
const NO_ANSWER_YET = denial(
  504,
  'NO_ANSWER_YET',
  'It is not decided yet and may still be carried out: send the same request with the same id again to get its answer.',
)

const envelope = z.strictObject({
  /** Also the id of the Update and of the row that keeps the answer. */
  verbId: z.string().regex(/^[A-Za-z0-9._:-]{8,100}$/),
  programId: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .optional(),
  input: z.unknown().optional(),
})

/** For a route on which `requireOperator` came first. */
export function verbRoute(options: VerbRouteOptions): (c: Context<SignedIn>) => Promise<Response> {
  const { desk, verbs, logger, answerLimitMs = ANSWER_LIMIT_MS } = options
  const programs = knownPrograms(desk)
  return async (c: Context<SignedIn>): Promise<Response> => {
    const name = c.req.param('name') ?? ''
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (verb === undefined) {
      const names = Object.keys(verbs).join(', ')
      return deny(c, denial(404, 'NO_SUCH_VERB', `There is no verb of this name; there are: ${names}.`))
    }
    const operator = c.get('operator')
    if (!verb.roles.some((role) => operator.roles.includes(role))) {
      return deny(c, denial(403, 'ROLE_MISSING', `${name} is for ${verb.roles.join(' or ')}; ask somebody who is.`))
    }
    const started = performance.now()
    const response = await perform(c, name, verb, operator.name)
    logger.info({ verb: name, status: response.status, ms: Math.round(performance.now() - started) }, 'verb')
    return response
  }

  async function perform(c: Context<SignedIn>, name: string, verb: WebVerb, actor: string): Promise<Response> {
    const expected = { schema: envelope, what: `the request ${name}`, maxBytes: verb.maxBytes ?? MAX_BYTES }
    const request = await readJson(c.req.raw, expected)
    if (!request.ok) return deny(c, request.denial)
    const { verbId, programId = '' } = request.value
    if (verb.scope !== 'installation' && programId === '') {
      return deny(c, denial(400, 'PROGRAM_MISSING', `${name} is about one program; name it in programId.`))
    }
    if (verb.scope === 'program' && !(await programs.has(programId))) {
      return deny(
        c,
        denial(404, 'NO_SUCH_PROGRAM', 'No program of this name runs; start it with: meterhall program start'),
      )
    }
    const input = checkedInput(request.value.input ?? {}, verb.input, `the input of ${name}`)
    if (!input.ok) return deny(c, input.denial)
    const outcome = await within(verb.run(desk, { programId, verbId, actor }, input.value), answerLimitMs)
    if (outcome === undefined) return deny(c, NO_ANSWER_YET)
    return outcome.ok ? c.json({ value: outcome.value ?? null }) : deny(c, outcome.refusal)
  }
}

/** A program never disappears, so that one found once is not looked for again. */
function knownPrograms(desk: Desk): { has(programId: string): Promise<boolean> } {
  const known = new Set<string>()
  return {
    async has(programId) {
      if (known.has(programId)) return true
      const row = await desk.database.kysely
        .selectFrom('program')
        .select('program_id')
        .where('program_id', '=', programId)
        .executeTakeFirst()
      if (row !== undefined) known.add(programId)
      return row !== undefined
    },
  }
}
