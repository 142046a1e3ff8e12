/** The manifest that goes with a print batch: what the mail house counts against, without a name or an account number. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { invariant } from '../../domain/invariant.js'
import type { CivilDate } from '../../domain/civil-date.js'
import type { NoticeBatchJob, NoticeBatchResult, NoticeLetter } from './notice-job.js'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

/** JSON, version 1 of its format. */
const manifestShape = z
  .strictObject({
    format: z.literal('meterhall-print-batch/1'),
    batch: z.string().min(1),
    drop: z.string().min(1),
    plannedDate: day,
    /** Null for letters that ask for no reply. */
    printedDeadline: day.nullable(),
    /** Letters in the batch. */
    count: z.int().positive(),
    pages: z.int().positive(),
    /** Of the PDF. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** One entry per letter in the order of the pages; sequence numbers run without a gap. */
    letters: z.array(z.strictObject({ sequence: z.int().positive(), code: z.string().length(9) })),
  })
  .refine((manifest) => manifest.letters.length === manifest.count, {
    message: 'count differs from the number of letters',
  })
  .refine(
    (manifest) => manifest.letters.every((letter, i) => letter.sequence === (manifest.letters[0]?.sequence ?? 0) + i),
    {
      message: 'sequence numbers have a gap',
    },
  )
export type BatchManifest = z.infer<typeof manifestShape>

/** What the manifest takes from a job, of notices or of other letters. */
export interface ManifestJob extends Pick<NoticeBatchJob, 'batchId' | 'drop' | 'plannedDate' | 'firstSequence'> {
  readonly printedDeadline: CivilDate | null
  readonly letters: readonly Pick<NoticeLetter, 'code'>[]
}

export function batchManifest(job: ManifestJob, result: NoticeBatchResult): BatchManifest {
  const unprinted = new Set(result.review.map((entry) => entry.index))
  const letters = job.letters
    .filter((_, index) => !unprinted.has(index))
    .map((letter, i) => ({ sequence: (job.firstSequence ?? 1) + i, code: letter.code as string }))
  invariant(letters.length === result.letters, 'the manifest names every printed letter and no other')
  return {
    format: 'meterhall-print-batch/1',
    batch: job.batchId,
    drop: job.drop,
    plannedDate: job.plannedDate,
    printedDeadline: job.printedDeadline,
    count: letters.length,
    pages: result.pages,
    sha256: result.sha256,
    letters,
  }
}

/** Whole or not at all: under a temporary name first. */
export async function writeManifest(file: string, manifest: BatchManifest): Promise<void> {
  const temporary = `${file}.tmp`
  await writeFile(temporary, `${JSON.stringify(manifestShape.parse(manifest))}\n`, { flush: true })
  await rename(temporary, file)
}

/** @throws when the file is no manifest; the message says what is wrong with it. */
export async function readManifest(file: string): Promise<BatchManifest> {
  const read = manifestShape.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (!read.success)
    throw new Error(`The manifest is not usable: ${z.prettifyError(read.error)}; ask for the batch again.`)
  return read.data
}
