/** The real print batch, in this thread instead of the render thread. */
import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import { printNoticeBatch } from '../../../activities/documents/notice-batch.js'
import { aBatch } from '../../activities/documents/notice-fixture.js'
import type { Findings } from '../contest.js'
import { peakMegabytes, perProcessorSecond } from '../processor-time.js'
import type { LetterSettings } from './contest.js'
import { sampleLetters } from './sample-letters.js'

export async function measure({ folder, letters, leastSeconds }: LetterSettings): Promise<Findings> {
  const job = aBatch(join(folder, 'ours.pdf'), sampleLetters(letters))
  let bytes = 0
  const perSecond = await perProcessorSecond(letters, leastSeconds, () => {
    const printed = printNoticeBatch(job)
    assert.equal(printed.letters, letters)
    assert.equal(printed.pages, letters * 2)
    bytes = printed.bytes
  })
  return { letters: perSecond, 'letter-bytes': bytes / letters, 'letter-memory': peakMegabytes() }
}
