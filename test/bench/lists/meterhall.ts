/** `list review` without its sentences. */
import { strict as assert } from 'node:assert'
import type { Findings } from '../contest.js'
import { peakMegabytes } from '../processor-time.js'
import type { ListSettings } from './contest.js'
import { reviewed } from './reviewed.js'

export async function measure(settings: ListSettings): Promise<Findings> {
  const started = performance.now()
  const review = await reviewed(settings)
  const seconds = (performance.now() - started) / 1000
  assert.equal(review.rows, settings.rows)
  return { 'list-rows': settings.rows / seconds, 'list-memory': peakMegabytes() }
}
