/** Several workers of a stepped cycle, each the production worker process, on one ledger and one workflow server. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StageParties } from '../../cli/rehearsal/stage.js'
import type { Instant } from '../../domain/instant.js'
import { projectRoot } from '../../persistence/project-root.js'
import type { RunningWorkers, WorkerOptions } from '../../worker/run-workers.js'

export interface WorkerProcessesOptions {
  readonly count: number
  /** For the clock, the workflows and the logs. */
  readonly folder: string
  readonly databaseUrl: string
  readonly temporalAddress: string
}

export interface WorkerProcesses {
  /** For the stage. */
  start(options: WorkerOptions, parties: StageParties): Promise<RunningWorkers>
  /** The processes read it whenever they ask for the time. */
  tellTime(at: Instant): void
  /** What a process wrote, each line a JSON document. */
  logOf(index: number): string
}

const SCRIPT = join(projectRoot, 'test', 'support', 'worker-process.mjs')
const READY = 'the worker polls its task queues'
/** @unit ms */
const START_LIMIT_MS = 120_000
const POLL_MS = 50

export function workerProcesses({
  count,
  folder,
  databaseUrl,
  temporalAddress,
}: WorkerProcessesOptions): WorkerProcesses {
  const clock = join(folder, 'clock')
  const bundle = join(folder, 'workflows.js')
  const logFile = (index: number): string => join(folder, `worker-${index}.log`)
  const logOf = (index: number): string => readFileSync(logFile(index), 'utf8')

  function environmentOf({ context }: WorkerOptions, parties: StageParties): Record<string, string> {
    const { replies, mailFrom, utilityMail } = context.settings
    const server = (prefix: string, user: string) => ({
      [`${prefix}_HOST`]: '127.0.0.1',
      [`${prefix}_PORT`]: String(parties.sftpPort),
      [`${prefix}_USER`]: user,
      [`${prefix}_KEY`]: parties.privateKey,
      [`${prefix}_HOST_KEY_SHA256`]: parties.hostKeySha256,
    })
    return {
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      METERHALL_FOLDER: context.folder,
      METERHALL_LETTERS: 'blank',
      SMTP_URL: `smtp://127.0.0.1:${parties.mailPort}`,
      MAIL_FROM: mailFrom,
      UTILITY_MAIL: utilityMail,
      REPLIES_URL: replies.url ?? '',
      REPLIES_PHONE: replies.phone ?? '',
      REPLIES_EMAIL: replies.email ?? '',
      REPLIES_FAX: replies.fax ?? '',
      REPLIES_MAIL_TO: replies.mailTo?.join('|') ?? '',
      POSTAL_BARCODE_ID: '00',
      POSTAL_SERVICE_TYPE: '040',
      POSTAL_MAILER_ID: '900000000',
      ...server('UTILITY_SFTP', 'meterhall'),
      ...server('PRINT_SFTP', 'meterhall-print'),
      HEALTH_PORT: '0',
      WORKER_CLOCK: clock,
      WORKER_BUNDLE: bundle,
    }
  }

  return {
    logOf,
    tellTime(at) {
      writeFileSync(`${clock}.new`, at)
      renameSync(`${clock}.new`, clock)
    },
    async start(options, parties) {
      writeFileSync(bundle, options.bundle.code)
      const children = Array.from({ length: count }, (_, index) => {
        const log = openSync(logFile(index), 'a')
        const env = { ...process.env, ...environmentOf(options, parties) }
        const child = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', log, log] })
        closeSync(log)
        const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
        return { child, ended }
      })
      const until = performance.now() + START_LIMIT_MS
      for (const [index, { child }] of children.entries()) {
        while (!logOf(index).includes(READY)) {
          if (child.exitCode !== null || performance.now() > until)
            throw new Error(`worker ${index} does not start: ${logOf(index).trim().split('\n').slice(-5).join('\n')}`)
          await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        }
      }
      return {
        done: Promise.all(children.map(({ ended }) => ended)).then(() => {}),
        async stop() {
          for (const { child } of children) child.kill('SIGTERM')
          const codes = await Promise.all(children.map(({ ended }) => ended))
          if (codes.some((code) => code !== 0)) throw new Error(`the workers ended with ${codes.join(' and ')}`)
        },
      }
    },
  }
}
