/** Comparing what two sides say of an account: money exactly, ratios to within what doubles lose. */
import assert from 'node:assert/strict';

/** Ratios come from different arithmetic (fixed point there, doubles here): this much of 1 may lie between them. */
const ratioTolerance = 1e-9;

/** Printed with 4 decimals: two sides may round a figure between two of them differently. */
const percentTolerance = 1.01e-4;

/** Every field of `expected` is in `actual` and says the same. Integers may be bigint on one side, number on the other. */
export function assertSameFigures(actual: object, expected: object, path = ''): void {
  for (const [name, wanted] of Object.entries(expected)) {
    assertSame((actual as Record<string, unknown>)[name], wanted, path === '' ? name : `${path}.${name}`);
  }
}

function assertSame(actual: unknown, expected: unknown, path: string): void {
  const isRatio = [actual, expected].some((x) => typeof x === 'number' && !Number.isInteger(x));
  if (isRatio && expected !== null) {
    assertClose(actual, Number(expected), path);
    return;
  }
  if (typeof expected === 'bigint' || typeof actual === 'bigint') {
    assert.equal(String(actual), String(expected), path);
  } else if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), path);
    assert.equal(actual.length, expected.length, `${path}: ${JSON.stringify(actual, bigText)}`);
    expected.forEach((item, i) => assertSame(actual[i], item, `${path}[${i}]`));
  } else if (typeof expected === 'object' && expected !== null) {
    assert.ok(typeof actual === 'object' && actual !== null, path);
    assertSameFigures(actual, expected, path);
  } else {
    assert.equal(actual, expected, path);
  }
}

function assertClose(actual: unknown, expected: number, path: string): void {
  assert.equal(typeof actual, 'number', path);
  const error = Math.abs((actual as number) - expected);
  const tolerance = path.endsWith('_percent') ? percentTolerance : ratioTolerance;
  assert.ok(
    error <= tolerance * Math.max(1, Math.abs(expected)),
    `${path}: ${String(actual)}, expected ${expected}`,
  );
}

function bigText(_key: string, x: unknown): unknown {
  return typeof x === 'bigint' ? String(x) : x;
}
