/** Entry of a render thread: one task at a time, one answer each. Started from dist/ by render.ts; a failing task ends it. */
import { parentPort } from 'node:worker_threads'
import { printDocument } from './document.js'
import { printNoticeBatch, reviewNoticeBatch } from './notice-batch.js'
import { printNoticeProof } from './notice-proof.js'
import { printUndoLetters } from './undo-letters.js'
import type { RenderTask } from './render.js'

async function run(task: RenderTask): Promise<unknown> {
  switch (task.kind) {
    case 'batch':
      return printNoticeBatch(task.job)
    case 'review':
      return reviewNoticeBatch(task.job)
    case 'proof':
      return printNoticeProof(task.job)
    case 'undo':
      return printUndoLetters(task.job)
    case 'document':
      return printDocument(task.order)
  }
}

parentPort?.on('message', async (task: RenderTask) => parentPort?.postMessage(await run(task)))
