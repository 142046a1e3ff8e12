import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockFolder } from '../../persistence/pid-lock.js'
import { processIdentity } from '../../persistence/process-identity.js'
import { projectRoot } from '../../persistence/project-root.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meterhall-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const leave = (holder: { pid: number; identity: string | undefined; host?: string }) =>
  writeFileSync(join(folder, 'meterhall.lock'), JSON.stringify({ host: hostname(), ...holder }))

describe('the lock of a data folder', () => {
  test('is refused while a living process has it, naming the process and the way out', () => {
    const lock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(new RegExp(`in use by process ${process.pid};.*DATABASE_URL`))
    lock.release()
    lockFolder(folder).release()
  })

  test('is taken over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    leave({ pid, identity: 'started 1' })
    const lock = lockFolder(folder)
    expect(JSON.parse(readFileSync(join(folder, 'meterhall.lock'), 'utf8')).pid).toBe(process.pid)
    lock.release()
  })

  test('is taken over when another process has since got the same number', () => {
    leave({ pid: process.pid, identity: `${processIdentity(process.pid)} earlier` })
    lockFolder(folder).release()
  })

  test('of another machine is refused, because nobody here can see whether it runs', () => {
    leave({ pid: 1, identity: 'started 1', host: 'elsewhere.example' })
    expect(() => lockFolder(folder)).toThrow(/another machine/)
  })

  test('released late does not take away the lock of a successor', () => {
    const first = lockFolder(folder)
    const successor = { pid: process.pid, identity: processIdentity(process.pid), host: `${hostname()}.successor` }
    leave(successor)
    first.release()
    expect(() => lockFolder(folder)).toThrow(/another machine/)
  })

  test('that eight processes want at once after a crash goes to exactly one', async () => {
    leave({ pid: 999_999_999, identity: 'started 1' })
    const module = JSON.stringify(join(projectRoot, 'dist', 'persistence', 'pid-lock.js'))
    // the winner keeps it until all have tried: standard input closes when the test says so
    const script = `
      const { lockFolder } = await import(${module})
      try { lockFolder(${JSON.stringify(folder)}); console.log('won') } catch { console.log('refused') }
      await new Promise((resolve) => process.stdin.on('end', resolve).resume())`
    const children = Array.from({ length: 8 }, () => {
      const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
      return { running, said: new Promise<string>((resolve) => running.child.stdout?.once('data', resolve)) }
    })
    const said = (await Promise.all(children.map((child) => child.said))).map((line) => line.trim())
    for (const { running } of children) running.child.stdin?.end()
    await Promise.all(children.map((child) => child.running))
    expect(said.sort()).toEqual([...Array(7).fill('refused'), 'won'])
  })
})
