/**
 * A mail house that takes print batches, prints nothing, and certifies and returns what its script says.
 *
 * It has no clock: `receive` says when something reached it, and `due` runs it forward to an instant.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, PartyRefusal, Promised } from '../answer.js'
import { addMinutes, instantAt } from '../central-time.js'
import { nextInstant, splitDue } from '../queue.js'
import { mismatch, readManifest, type PrintManifest } from './print-batch.js'

export interface MailHouseOptions {
  /** Accepted batches are written away here, PDF and manifest side by side. Left out: nowhere. */
  readonly folder?: string
  /** Where its answers go; `from-mail-house` by default. */
  readonly directory?: string
  /** Continues where `snapshot()` left off. */
  readonly snapshot?: string
}

export interface AcceptedBatch {
  readonly batch: string
  readonly drop: string
  readonly count: number
  /** Of the PDF. */
  readonly sha256: string
}

export interface SimulatedMailHouse {
  /** A PDF or its manifest, in any order; the name without `.pdf`, `.manifest.json` or `.json` makes the pair. */
  receive(file: { readonly name: string; readonly content: Buffer; readonly at: string }): readonly Promised[]
  /** The drop is certified on that civil date; pieces are by default what its manifests count. */
  scriptEvidence(entry: { readonly drop: string; readonly on: string; readonly pieces?: number }): void
  /** The letter comes back undeliverable on that civil date. Refused when it was not mailed by then. */
  scriptReturn(entry: { readonly letterCode: string; readonly on: string }): void
  nextAt(): string | null
  due(at: string): readonly Answer[]
  refusals(): readonly PartyRefusal[]
  batches(): readonly AcceptedBatch[]
  snapshot(): string
}

/** Minutes until a batch is confirmed or refused, and the local time of its reports. No source: hours of this simulation. */
const CHECKED_AFTER_MINUTES = 15
const EVIDENCE_AT = '17:00'
const RETURNS_AT = '17:05'

/** The bulk certificate of mailing: it proves a count of pieces, not their addressees. Cite: USPS Form 3606-D. */
const EVIDENCE_FORM = 'PS 3606-D'

type Job =
  | { readonly do: 'send'; readonly at: string; readonly what: string; readonly name: string; readonly body: unknown }
  | {
      readonly do: 'certify'
      readonly at: string
      readonly drop: string
      readonly on: string
      readonly pieces: number | null
    }
  | { readonly do: 'return'; readonly at: string; readonly on: string }

interface Piece {
  readonly batch: string
  readonly drop: string
  readonly sequence: number
}

interface MailHouseState {
  /** Base64 of the half of a pair that waits for the other, by stem and kind. */
  waiting: Record<string, string>
  /** Names and hashes of files taken in: the same file under the same name is one file. */
  files: string[]
  batches: (AcceptedBatch & { readonly manifestSha256: string })[]
  pieces: Record<string, Piece>
  certified: string[]
  returns: { readonly letterCode: string; readonly on: string }[]
  jobs: Job[]
  refusals: PartyRefusal[]
}

export function createMailHouse(options: MailHouseOptions = {}): SimulatedMailHouse {
  const { folder, directory = 'from-mail-house' } = options
  const state: MailHouseState =
    options.snapshot === undefined
      ? { waiting: {}, files: [], batches: [], pieces: {}, certified: [], returns: [], jobs: [], refusals: [] }
      : (JSON.parse(options.snapshot) as MailHouseState)

  function promise(job: Extract<Job, { do: 'send' }>): readonly Promised[] {
    state.jobs.push(job)
    return [{ at: job.at, what: job.what }]
  }

  function judge(stem: string, pdf: Buffer, manifestFile: Buffer, receivedAt: string): readonly Promised[] {
    const at = addMinutes(receivedAt, CHECKED_AFTER_MINUTES)
    const manifest = readManifest(manifestFile)
    const why = typeof manifest === 'string' ? manifest : (repeated(manifest) ?? mismatch(pdf, manifest))
    if (typeof manifest === 'string' || why !== null) {
      state.refusals.push({ at, what: `print batch ${stem}`, why: String(why) })
      const body = { batch: typeof manifest === 'string' ? stem : manifest.batch, accepted: false, why }
      return promise({
        do: 'send',
        at,
        what: `The mail house refuses a print batch: ${why}`,
        name: `${stem}.refused.json`,
        body,
      })
    }
    const { batch, drop, count, sha256, letters } = manifest
    state.batches.push({ batch, drop, count, sha256, manifestSha256: hashOf(manifestFile) })
    for (const { sequence, code } of letters) state.pieces[code] = { batch, drop, sequence }
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `${stem}.pdf`), pdf)
      writeFileSync(join(folder, `${stem}.json`), manifestFile)
    }
    const body = { batch, accepted: true, drop, count, sha256 }
    return promise({
      do: 'send',
      at,
      what: `The mail house accepts a print batch of ${count} letters`,
      name: `${stem}.accepted.json`,
      body,
    })
  }

  function repeated({ batch, sha256 }: PrintManifest): string | null {
    if (state.batches.some((known) => known.batch === batch)) return 'a batch of this name was accepted before'
    if (state.batches.some((known) => known.sha256 === sha256)) return 'this very PDF was accepted before'
    return null
  }

  function certify({ at, drop, on, pieces }: Extract<Job, { do: 'certify' }>): Answer[] {
    const mine = state.batches.filter((batch) => batch.drop === drop)
    if (mine.length === 0) {
      state.refusals.push({ at, what: `evidence for drop ${drop}`, why: 'no batch of this drop was accepted' })
      return []
    }
    // A second certificate of a drop corrects the first one.
    const earlier = state.certified.filter((known) => known === drop).length
    state.certified.push(drop)
    const counted = mine.reduce((sum, { count }) => sum + count, 0)
    const batches = mine.map(({ batch, count, manifestSha256 }) => ({ batch, count, manifestSha256 }))
    const body = { form: EVIDENCE_FORM, drop, mailingDate: on, pieces: pieces ?? counted, batches }
    const what = `The post office certifies ${pieces ?? counted} pieces of drop ${drop}, mailed on ${on}`
    const name = `evidence-${fileNameOf(drop)}${earlier === 0 ? '' : `-${earlier + 1}`}.json`
    return [answer(at, what, name, body)]
  }

  function returnPieces({ at, on }: Extract<Job, { do: 'return' }>): Answer[] {
    const pieces: { letterCode: string; batch: string; sequence: number }[] = []
    for (const { letterCode } of state.returns.filter((entry) => entry.on === on)) {
      const piece = state.pieces[letterCode]
      if (piece === undefined || !state.certified.includes(piece.drop)) {
        const why = piece === undefined ? 'no letter of this code was printed' : 'the letter was not mailed by then'
        state.refusals.push({ at, what: `return on ${on}`, why })
      } else {
        pieces.push({ letterCode, batch: piece.batch, sequence: piece.sequence })
      }
    }
    if (pieces.length === 0) return []
    return [
      answer(at, `Undeliverable letters come back: ${pieces.length}`, `returns-${on}.json`, { returned: on, pieces }),
    ]
  }

  function answer(at: string, what: string, name: string, body: unknown): Answer {
    return { at, what, directory, name, content: Buffer.from(`${JSON.stringify(body, null, 2)}\n`) }
  }

  function run(job: Job): Answer[] {
    switch (job.do) {
      case 'send':
        return [answer(job.at, job.what, job.name, job.body)]
      case 'certify':
        return certify(job)
      case 'return':
        return returnPieces(job)
    }
  }

  return {
    receive({ name, content, at }) {
      const fingerprint = `${name} ${hashOf(content)}`
      if (state.files.includes(fingerprint)) return []
      state.files.push(fingerprint)
      const stem = name.replace(/(\.manifest)?\.(pdf|json)$/i, '')
      const isPdf = /\.pdf$/i.test(name)
      if (!isPdf && !/\.json$/i.test(name)) {
        state.refusals.push({ at, what: `file ${name}`, why: 'it is neither a PDF nor a manifest' })
        return []
      }
      const other = state.waiting[`${isPdf ? 'manifest' : 'pdf'} ${stem}`]
      if (other === undefined) {
        state.waiting[`${isPdf ? 'pdf' : 'manifest'} ${stem}`] = content.toString('base64')
        return []
      }
      delete state.waiting[`${isPdf ? 'manifest' : 'pdf'} ${stem}`]
      const half = Buffer.from(other, 'base64')
      return isPdf ? judge(stem, content, half, at) : judge(stem, half, content, at)
    },
    scriptEvidence({ drop, on, pieces }) {
      state.jobs.push({ do: 'certify', at: instantAt(on, EVIDENCE_AT), drop, on, pieces: pieces ?? null })
    },
    scriptReturn({ letterCode, on }) {
      state.returns.push({ letterCode, on })
      const at = instantAt(on, RETURNS_AT)
      if (!state.jobs.some((job) => job.do === 'return' && job.on === on)) state.jobs.push({ do: 'return', at, on })
    },
    nextAt: () => nextInstant(state.jobs),
    due(at) {
      const { due, later } = splitDue(state.jobs, at)
      state.jobs = later
      return due.flatMap(run)
    },
    refusals: () => [...state.refusals],
    batches: () => state.batches.map(({ batch, drop, count, sha256 }) => ({ batch, drop, count, sha256 })),
    snapshot: () => JSON.stringify(state),
  }
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function fileNameOf(drop: string): string {
  return drop.replace(/[^A-Za-z0-9.-]+/g, '-')
}
