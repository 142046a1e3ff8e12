/**
 * Everything that is printed is printed in a worker thread, because a thousand letters on the event loop would stall
 * heartbeats and timers for seconds. Jobs go there by structured clone; they hold names and addresses and never pass
 * through Temporal.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { invariant } from '../../domain/invariant.js'
import { projectRoot } from '../../persistence/project-root.js'
import type { DocumentOrder } from './document.js'
import type { NoticeBatchJob, NoticeBatchResult, NoticeProof, ReviewEntry } from './notice-job.js'
import type { RenderedFile } from './pdf-file.js'
import type { UndoLettersJob } from './undo-letters.js'

export type RenderTask =
  | { readonly kind: 'batch' | 'review' | 'proof'; readonly job: NoticeBatchJob }
  | { readonly kind: 'undo'; readonly job: UndoLettersJob }
  | { readonly kind: 'document'; readonly order: DocumentOrder }

/** Letters in one file at most: what a mail house takes in one piece, and what bounds the thread's memory. */
export const MAX_BATCH_LETTERS = 5_000

/** Prints the letters that fit, in order, numbered without a gap; the others come back by index with a reason. */
export function renderNoticeBatch(job: NoticeBatchJob, signal?: AbortSignal): Promise<NoticeBatchResult> {
  invariant(job.letters.length <= MAX_BATCH_LETTERS, `a print batch holds at most ${MAX_BATCH_LETTERS} letters`)
  return inRenderThread({ kind: 'batch', job }, signal)
}

/** Which letters a person has to look at: the checks of `renderNoticeBatch` without printing. Any number of letters. */
export function reviewNoticeLetters(job: NoticeBatchJob, signal?: AbortSignal): Promise<ReviewEntry[]> {
  return inRenderThread({ kind: 'review', job }, signal)
}

/** Prints the letters (one per content is enough) and reads the pages back: `missing` is empty when every item is on them. */
export function proveNotice(job: NoticeBatchJob, signal?: AbortSignal): Promise<NoticeProof> {
  return inRenderThread({ kind: 'proof', job }, signal)
}

/** Prints letters to people whose timely card came after the submission; numbered and reviewed like notices. */
export function renderUndoLetters(job: UndoLettersJob, signal?: AbortSignal): Promise<NoticeBatchResult> {
  return inRenderThread({ kind: 'undo', job }, signal)
}

/** Prints any of the other documents. */
export function renderDocument(order: DocumentOrder, signal?: AbortSignal): Promise<RenderedFile> {
  return inRenderThread({ kind: 'document', order }, signal)
}

/** Threads without a task, each with the timer that ends it. To start one takes longer than to print a small document. */
const idle = new Map<Worker, NodeJS.Timeout>()
/** After that long without a task a thread gives its memory back. */
const IDLE_MS = 20_000

async function inRenderThread<T>(task: RenderTask, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted()
  const worker = takeIdle() ?? new Worker(join(projectRoot, 'dist', 'activities', 'documents', 'render-thread.js'))
  const stop = () => void worker.terminate()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const answer = await answerOf<T>(worker, task, signal)
    keepForLater(worker)
    return answer
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

function answerOf<T>(worker: Worker, task: RenderTask, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const ended = (code: number) =>
      reject(signal?.reason ?? new Error(`the render thread ended with code ${code} and no answer`))
    worker.once('error', reject)
    worker.once('exit', ended)
    worker.once('message', (answer: T) => {
      worker.off('error', reject)
      worker.off('exit', ended)
      resolve(answer)
    })
    worker.postMessage(task)
  })
}

function takeIdle(): Worker | undefined {
  const [first] = idle
  if (first === undefined) return undefined
  const [worker, end] = first
  clearTimeout(end)
  idle.delete(worker)
  worker.ref()
  return worker
}

/** While it is idle it does not keep the process from ending. */
function keepForLater(worker: Worker): void {
  const end = setTimeout(() => {
    idle.delete(worker)
    void worker.terminate()
  }, IDLE_MS)
  end.unref()
  worker.unref()
  idle.set(worker, end)
}
