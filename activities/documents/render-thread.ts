/** Entry of the render thread: one task, one answer, then the thread ends. Started from dist/ by render.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { printDocument } from './document.js'
import { printNoticeBatch, reviewNoticeBatch } from './notice-batch.js'
import { printNoticeProof } from './notice-proof.js'
import { printUndoLetters } from './undo-letters.js'
import type { RenderTask } from './render.js'

const task = workerData as RenderTask

async function run(): Promise<unknown> {
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

parentPort?.postMessage(await run())
