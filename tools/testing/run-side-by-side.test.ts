import { expect, it } from 'vitest';
import { createOrderedOutput } from './ordered-output.ts';
import { runSideBySide } from './run-side-by-side.ts';

type Job = { readonly name: string; readonly cores: number };

/** Runs until it is told to end, and writes down what runs beside what. */
function stage() {
  const running = new Set<string>();
  const history: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const run = async ({ name }: Job): Promise<string> => {
    running.add(name);
    history.push([...running].join('+'));
    const failure = await new Promise<Error | undefined>((resolve) => ends.set(name, resolve));
    running.delete(name);
    if (failure !== undefined) throw failure;
    return `result of ${name}`;
  };
  const end = async (name: string, failure?: Error): Promise<void> => {
    ends.get(name)?.(failure);
    for (let turn = 0; turn < 20; turn += 1) await null;
  };
  return { run, end, history };
}

it('what fits beside what runs begins, and results keep the order of the jobs', async () => {
  const { run, end, history } = stage();
  const jobs = [
    { name: 'wide', cores: 2 },
    { name: 'a', cores: 1 },
    { name: 'b', cores: 1 },
    { name: 'late', cores: 9 },
    { name: 'c', cores: 1 },
  ];
  const all = runSideBySide(jobs, 2, run);
  for (const name of ['wide', 'b', 'a', 'c', 'late']) await end(name);
  expect(await all).toEqual(['wide', 'a', 'b', 'late', 'c'].map((name) => `result of ${name}`));
  expect(history).toEqual(['wide', 'a', 'a+b', 'a+c', 'late']);
});

it('after one that cannot be run no more begin, and those that run are waited for', async () => {
  const { run, end, history } = stage();
  const jobs = ['a', 'b', 'c'].map((name) => ({ name, cores: 1 }));
  let over = false;
  const all = runSideBySide(jobs, 2, run).finally(() => {
    over = true;
  });
  const refused = expect(all).rejects.toThrow('no such program');
  await end('a', new Error('no such program'));
  expect(over).toBe(false);
  await end('b');
  await refused;
  expect(history).toEqual(['a', 'a+b']);
});

it('what programs print at once is shown one program after the other, the eldest as it prints', () => {
  const shown: string[] = [];
  const output = createOrderedOutput((text) => shown.push(text));
  const [first, second, third] = [output.open(), output.open(), output.open()];
  first.write('1a ');
  second.write('2a ');
  third.write('3a ');
  third.end();
  first.write('1b ');
  expect(shown).toEqual(['1a ', '1b ']);
  first.end();
  expect(shown.join('')).toBe('1a 1b 2a ');
  second.write('2b ');
  second.end();
  expect(shown.join('')).toBe('1a 1b 2a 2b 3a ');
});
