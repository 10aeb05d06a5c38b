/** empyrical's definitions in the plainest words, for tests: of daily returns, and of flows by date. */

export interface DayOfBoth {
  readonly account: number;
  /** null: the benchmark has no price that day. */
  readonly benchmark: number | null;
}

export interface NaivePerformance {
  readonly total_return: number;
  readonly annual_return: number;
  readonly volatility: number;
  readonly sharpe_ratio: number;
  readonly sortino_ratio: number;
  readonly calmar_ratio: number;
  readonly max_drawdown: number;
  readonly alpha: number;
  readonly beta: number;
}

export function naivePerformance(
  days: readonly DayOfBoth[],
  risk: number,
  periods: number,
): NaivePerformance {
  const returns = days.map((day) => day.account);
  let value = 1;
  let peak = 1;
  let deepest = 0;
  for (const each of returns) {
    value *= 1 + each;
    peak = Math.max(peak, value);
    deepest = Math.min(deepest, value / peak - 1);
  }
  const excess = returns.map((each) => each - risk);
  const annual = value ** (periods / returns.length) - 1;
  const downside = Math.sqrt(mean(excess.map((each) => Math.min(each, 0) ** 2)));
  const joined = days.filter((day) => day.benchmark !== null);
  const own = joined.map((day) => day.account);
  const other = joined.map((day) => day.benchmark ?? NaN);
  const beta = covariance(own, other) / covariance(other, other);
  const daily = mean(own.map((each, i) => each - risk - beta * ((other[i] ?? NaN) - risk)));
  return {
    total_return: value - 1,
    annual_return: annual,
    volatility: deviation(returns) * Math.sqrt(periods),
    sharpe_ratio: (mean(excess) / deviation(returns)) * Math.sqrt(periods),
    sortino_ratio: (mean(excess) / downside) * Math.sqrt(periods),
    calmar_ratio: annual / Math.abs(deepest),
    max_drawdown: deepest,
    alpha: (1 + daily) ** periods - 1,
    beta,
  };
}

/** What flowed in (negative) and out, by day: the worth of all at a yearly rate, as of the first. */
export function naiveWorth(
  flows: readonly { readonly day: number; readonly amount: number }[],
  rate: number,
): number {
  const first = Math.min(...flows.map((flow) => flow.day));
  return flows.reduce((sum, { day, amount }) => sum + amount / (1 + rate) ** ((day - first) / 365), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const [meanOfA, meanOfB] = [mean(a), mean(b)];
  return mean(a.map((each, i) => (each - meanOfA) * ((b[i] ?? NaN) - meanOfB)));
}

/** Of a sample. */
function deviation(values: readonly number[]): number {
  return Math.sqrt((covariance(values, values) * values.length) / (values.length - 1));
}
