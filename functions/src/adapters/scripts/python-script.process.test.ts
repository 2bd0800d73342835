/** Python scripts, and what hostile ones try. Each run has a process of its own, so several attempts share a script. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { StepError } from '@automateos/shared/model/step-error';
import { afterAll, describe, expect, test } from 'vitest';
import { createScriptSandbox } from './script-sandbox.ts';

const sandbox = createScriptSandbox();
afterAll(() => sandbox.close());

const globals = { input: { n: 2, items: [1, 2, 3] }, steps: { fetch: { output: { total: 7 } } } };

async function run(code: string, timeoutMs = 20_000) {
  return await sandbox
    .run({ language: 'python', code, globals, timeoutMs, signal: new AbortController().signal })
    .catch((error: unknown) => {
      if (error instanceof StepError) return { failure: error.failure };
      throw error;
    });
}

/** Runs each attempt and lists those that got through, with what they got. */
async function opened(attempts: Readonly<Record<string, string>>, setup = ''): Promise<unknown> {
  const lines = Object.entries(attempts).map(([name, expression]) => `attempt(${JSON.stringify(name)}, lambda: ${expression})`);
  const result = await run(`
opened = {}
def attempt(name, f):
    try:
        opened[name] = str(f())[:200]
    except BaseException as error:
        pass
${setup}
${lines.join('\n')}
return opened`);
  return 'value' in result ? result.value : result;
}

describe('Python', () => {
  test('return gives the output; the standard library, await and print are there', async () => {
    const [plain, awaited, printed, empty] = await Promise.all([
      run(
        'import json, decimal, sqlite3, datetime\nif input["n"] == 2:\n    return {"sum": sum(input["items"]) + steps["fetch"]["output"]["total"], "text": """a\n  b""", "set": {2, 1}, "when": datetime.date(2026, 1, 2), "d": decimal.Decimal("1.5")}',
      ),
      run('import asyncio\nasync def f(): return 5\nawait asyncio.sleep(0)\nreturn await f()'),
      run('import sys\nprint("a", 1)\nprint("b", file=sys.stderr)\nreturn None'),
      run('x = 1'),
    ]);
    expect(plain).toMatchObject({ value: { sum: 13, text: 'a\n  b', set: [1, 2], when: '2026-01-02', d: 1.5 } });
    expect(awaited).toMatchObject({ value: 5 });
    expect(printed).toEqual({ value: null, logs: ['a 1', 'b'] });
    expect(empty).toMatchObject({ value: null });
  });

  test('errors say where', async () => {
    const [raised, syntax, unserialisable, exit, nan] = await Promise.all([
      run('def f():\n    raise ValueError("boom")\nf()'),
      run('x = 1\nreturn (2'),
      run('return object()'),
      run('import sys\nsys.exit(3)'),
      run('return float("nan")'),
    ]);
    expect(raised).toMatchObject({
      failure: { code: 'SCRIPT_FAILED', message: 'ValueError: boom (line 2)', details: { line: 2 } },
    });
    expect(syntax).toMatchObject({
      failure: { code: 'SCRIPT_FAILED', message: expect.stringMatching(/^SyntaxError/), details: { line: 2 } },
    });
    expect(unserialisable).toMatchObject({ failure: { message: expect.stringContaining('object, which is not JSON') } });
    expect(exit).toMatchObject({ failure: { message: expect.stringContaining('SystemExit') } });
    expect(nan).toMatchObject({ failure: { code: 'SCRIPT_FAILED' } });
  });

  test('limits: time, memory, output, recursion, printing', async () => {
    const [loop, block, growth, output, recursion, printing] = await Promise.all([
      run('while True: pass', 300),
      run('return len(bytearray(10**9))'),
      run('a = []\nwhile True: a.append("x" * 1000000)'),
      run('return "x" * 5_000_000'),
      run('def f(): return f()\nreturn f()'),
      run('for i in range(20000): print("line", i)'),
    ]);
    expect(loop).toMatchObject({ failure: { code: 'SCRIPT_TIMEOUT', class: 'timeout' } });
    expect(block).toMatchObject({ failure: { code: 'SCRIPT_MEMORY' } });
    expect(growth).toMatchObject({ failure: { code: 'SCRIPT_MEMORY' } });
    expect(output).toMatchObject({ failure: { code: 'SCRIPT_OUTPUT_TOO_LARGE' } });
    expect(recursion).toMatchObject({ failure: { message: expect.stringContaining('RecursionError') } });
    expect('logs' in printing ? printing.logs.join('').length : 0).toBeLessThan(17_000);
  });

  test('nothing is left for the next script', async () => {
    await run(
      'import builtins, json, sys\nbuiltins.leak = input\njson.dumps = lambda *a, **k: "1"\nopen("/tmp/leak", "w").write("x")\nreturn 1',
    );
    const after = await run('import builtins, os\nreturn [hasattr(builtins, "leak"), os.path.exists("/tmp/leak")]');
    expect(after).toMatchObject({ value: [false, false] });
  });
});

test('the scripts of docs/expressions.md run as they stand there', async () => {
  const page = readFileSync(new URL('../../../../docs/expressions.md', import.meta.url), 'utf8');
  const block = (name: string): string => new RegExp(`\`\`\`${name}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
  const shared = { globals: { input: JSON.parse(block('json')) }, timeoutMs: 20_000, signal: new AbortController().signal };
  expect(await sandbox.run({ language: 'javascript', code: block('js'), ...shared })).toEqual({
    value: { count: 2, total: 38 },
    logs: ['2 of 3 are paid'],
  });
  expect(await sandbox.run({ language: 'python', code: block('python'), ...shared })).toEqual({
    value: { Ann: 2, Bob: 1 },
    logs: ['3 orders'],
  });
});

describe('what Python must not reach', () => {
  test('files, environment, processes and signals of the host', async () => {
    const got = await opened({
      passwd: 'open("/etc/passwd").read()',
      environ: 'open("/proc/self/environ").read()',
      own: `open(${JSON.stringify(import.meta.filename)}).read()`,
      system: '__import__("subprocess").run(["id"])',
      popen: '__import__("os").popen("id").read()',
      fork: '__import__("os").fork()',
      kill: '__import__("os").kill(1, 9)',
      work: '__import__("os").listdir("/work")',
      home: '[name for name in __import__("os").listdir("/home") if name not in ("script", "web_user", "pyodide")][0]',
      path: '[value for value in __import__("os").environ.values() if "functions" in value or "node" in value][0]',
    });
    expect(got).toEqual({});
  });

  test('Node, by way of JavaScript objects', async () => {
    const got = await opened(
      {
        js: '__import__("js")',
        pyodideJs: '__import__("pyodide_js")',
        runJs: '__import__("pyodide.code").code.run_js("process")',
        functionNew: 'to_js([1]).constructor.constructor.new("return process")()',
        functionCall: 'to_js([1]).constructor.constructor("return globalThis")()',
        functionOfFunction: 'to_js([1]).map.constructor.new("return process.env")()',
        asyncFunction: 'to_js(coroutine).constructor.constructor.new("return process")()',
        evalOf: 'to_js([1]).constructor.constructor.constructor("return eval")()("process")',
        prepareStackTrace: 'prepared()',
        mountNodeFs: 'sys.modules["pyodide_js"].mountNodeFS("/mnt", "/")',
        nodeFs: '__import__("_pyodide_core").FS',
        proxyType: 'type(to_js([1])).__init__.__globals__["js"]',
      },
      `
import sys
from pyodide.ffi import to_js, JsException
async def coroutine(): pass
def prepared():
    try:
        to_js([1]).constructor.constructor("x")
    except JsException as error:
        error.constructor.prepareStackTrace = to_js(lambda e, frames: [f.getThis() for f in frames])
        this = [item for item in error.constructor.new("y").stack if item is not None]
        return this[0].process`,
    );
    expect(got).toEqual({});
  });

  test('what the host\u2019s modules kept of JavaScript leads nowhere', async () => {
    const result = await run(`
import gc, sys
found = []
for name, module in list(sys.modules.items()):
    for key in dir(module):
        try:
            value = getattr(module, key)
            text = str(value)
        except BaseException:
            continue
        if not isinstance(value, type) and "JsProxy" in str(type(value).__mro__) and name + "." + key != "pyodide.webloop.scheduleCallback":
            found.append(name + "." + key + " " + text[:60])
return found`);
    expect(result).toMatchObject({ value: [] });
  });

  test('the network: no byte reaches a listener on this machine', async () => {
    let connections = 0;
    const server = createServer(() => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const got = await opened(
      {
        socket: `talk(${port})`,
        urllib: `__import__("urllib.request").request.urlopen("http://127.0.0.1:${port}/", timeout=1).read()`,
        http: `request(${port})`,
        openUrl: `__import__("pyodide.http").http.open_url("http://127.0.0.1:${port}/")`,
        resolve: '__import__("socket").create_connection(("example.com", 80), 1).recv(1)',
      },
      `
import socket
def talk(port):
    s = socket.create_connection(("127.0.0.1", port), 1)
    s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    return s.recv(1).decode() or None.x
def request(port):
    import http.client
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    c.request("GET", "/")
    return c.getresponse().read()`,
    );
    const listening = await run(
      'import socket\ns = socket.socket()\ns.bind(("127.0.0.1", 0))\ns.listen()\ns.accept()\nreturn "accepted"',
    );
    const fetched = await run(`from pyodide.http import pyfetch\nreturn (await pyfetch("http://127.0.0.1:${port}/")).status`);
    expect(got).toEqual({});
    expect(listening).toMatchObject({ failure: { code: 'SCRIPT_FAILED' } });
    expect(fetched).toMatchObject({ failure: { code: 'SCRIPT_FAILED' } });
    expect(connections).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  test('ways to end the process answer as a failed step, and the next script runs', async () => {
    const ended = await Promise.all(
      [
        'import os\nos.system("id")',
        'import os\nos._exit(0)',
        'import os\nos.abort()',
        'import ctypes\nctypes.string_at(0xffffffff0)',
      ].map((code) => run(code)),
    );
    for (const result of ended) expect(result).toMatchObject({ failure: { code: 'SCRIPT_FAILED' } });
    expect(JSON.stringify(ended)).not.toMatch(/\/work|\/home|node_modules/);
    expect(await run('return 1')).toMatchObject({ value: 1 });
  });
});
