/** Receipts over HTTP: each a request of its own to the production web process, answered after its commit. */
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../support/postgres.js'
import type { Findings } from '../contest.js'
import type { ReceiptSettings } from './contest.js'
import { processorSecondsOf, serverProcess } from '../processor-time.js'
import { accountNumber, fillVillage, PROGRAM, type SampleVillage } from './sample-village.js'

/** So many before those that count, as a share of them: the code is compiled as it is used, and the process lives for months. */
const WARM_UP = 0.5

export async function measure({ url, receipts, connections }: ReceiptSettings): Promise<Findings> {
  const warmUp = Math.ceil(receipts * WARM_UP)
  const village = await fillVillage(url, receipts + warmUp)
  const port = await freePort()
  const server = spawn(process.execPath, [fileURLToPath(new URL('./web-process.js', import.meta.url))], {
    // the log is written, but to nowhere
    stdio: 'ignore',
    env: {
      ...process.env,
      DATABASE_URL: url,
      // nothing listens there: recording receipts needs no workflow server
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  })
  try {
    await untilReady(port)
    await send(port, village, receipts, warmUp, connections)
    const processes = [server.pid as number, await databaseOf(url)]
    const before = processorSecondsOf(processes)
    const started = performance.now()
    const latencies = await send(port, village, 0, receipts, connections)
    const seconds = (performance.now() - started) / 1000
    const processor = processorSecondsOf(processes) - before
    await check(url, receipts + warmUp)
    const sorted = latencies.sort((a, b) => a - b)
    return {
      receipts: receipts / seconds,
      'receipts-cpu': receipts / processor,
      'receipt-p99': sorted[Math.floor(sorted.length * 0.99)] as number,
    }
  } finally {
    server.kill('SIGTERM')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  }
}

async function untilReady(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) return
    } catch {
      await pause(50)
    }
  }
  throw new Error('the web process does not answer')
}

/** @returns the time of each answer in milliseconds */
async function send(
  port: number,
  village: SampleVillage,
  from: number,
  count: number,
  connections: number,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  let next = from
  const sender = async () => {
    while (next < from + count) {
      const n = next++
      const started = performance.now()
      const body = JSON.stringify({
        verbId: `receipt-${n}`,
        programId: PROGRAM,
        input: { account: accountNumber(n), channel: 'web', received: village.received },
      })
      const answer = await post(agent, port, village.token, body)
      latencies.push(performance.now() - started)
      assert.equal(answer.status, 200, answer.text)
    }
  }
  await Promise.all(Array.from({ length: connections }, sender))
  agent.destroy()
  return latencies
}

function post(
  agent: Agent,
  port: number,
  token: string,
  body: string,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: '/verbs/receipt-add', headers },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
        })
        answer.once('end', () => resolve({ status: answer.statusCode, text }))
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}

async function databaseOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await serverProcess(client)
  } finally {
    await client.end()
  }
}

/** As many receipts, opted-out accounts and journal entries as answers: none lost, none doubled. */
async function check(url: string, receipts: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(`select
      (select count(*)::int from receipt where effect = 'opted-out') as receipts,
      (select count(*)::int from account where state = 'opted-out') as accounts,
      (select count(*)::int from event where kind = 'receipt-recorded') as recorded,
      (select count(*)::int from event where kind = 'opted-out') as told`)
    assert.deepEqual(rows[0], { receipts, accounts: receipts, recorded: receipts, told: receipts })
  } finally {
    await client.end()
  }
}
