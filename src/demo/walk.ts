/**
 * How prices move: geometric random walks with a common factor, regimes of calm and storm, and jumps, so that drawdowns
 * can be seen within minutes; drawn back to where they began over hours, so that nothing runs away over days.
 * Knows no NATS and no clock: a step is a step.
 */
import type { Random } from '../random.ts';
import type { DemoSymbol } from './symbols.ts';

interface Regime {
  /** Multiplies every volatility. */
  readonly volatility: number;
  /** Of the common factor, a second. */
  readonly drift: number;
  readonly meanSeconds: number;
}

const calm: Regime = { volatility: 0.6, drift: 0.000_03, meanSeconds: 90 };
const usual: Regime = { volatility: 1, drift: 0, meanSeconds: 120 };
const storm: Regime = { volatility: 3, drift: -0.000_3, meanSeconds: 25 };
const regimes: readonly Regime[] = [calm, usual, storm];

/** Standard deviation of a step of one second at volatility 1: about 0.3 % a minute. */
const deviationOfSecond = 0.000_35;
/** Share of a symbol's movement that is the market's. */
const commonShare = 0.5;
const jumpsASecond = 1 / 600;
const jumpDeviation = 0.012;
/** Jumps are down more often than up. */
const jumpMean = -0.003;
const reversionSeconds = 7_200;

export class Walk {
  private readonly random: Random;
  private readonly symbols: readonly DemoSymbol[];
  /** Logarithm of the price over where it began. */
  private readonly levels: Float64Array;
  private regime: Regime = usual;
  /** Logarithm of the common factor, now and at each symbol's last step. */
  private common = 0;
  private readonly commonSeen: Float64Array;

  constructor(symbols: readonly DemoSymbol[], random: Random) {
    this.symbols = symbols;
    this.random = random;
    this.levels = new Float64Array(symbols.length);
    this.commonSeen = new Float64Array(symbols.length);
  }

  /** Goes on from a price, such as the last one of the run before. */
  resume(index: number, price: number): void {
    const start = this.symbols[index]?.start ?? NaN;
    if (price > 0 && start > 0) this.levels[index] = Math.log(price / start);
  }

  /** The market as a whole moves on; symbols follow when it is their turn. */
  stepMarket(seconds: number): void {
    const { random } = this;
    if (random.chance(seconds / this.regime.meanSeconds)) this.regime = random.pick(regimes);
    const { volatility, drift } = this.regime;
    this.common += drift * seconds + deviationOfSecond * volatility * Math.sqrt(seconds) * random.normal();
  }

  /** A symbol moves on, by `seconds` of its own and by what the market has done since its last step. */
  step(index: number, seconds: number): void {
    const { random } = this;
    const symbol = this.symbols[index];
    if (symbol === undefined) return;
    const own = deviationOfSecond * this.regime.volatility * Math.sqrt(seconds) * random.normal();
    const common = this.common - (this.commonSeen[index] ?? 0);
    this.commonSeen[index] = this.common;
    const level = this.levels[index] ?? 0;
    let move = symbol.volatility * (commonShare * common + (1 - commonShare) * own);
    if (random.chance(jumpsASecond * seconds)) {
      move += symbol.volatility * (jumpMean + jumpDeviation * random.normal());
    }
    this.levels[index] = level * (1 - seconds / reversionSeconds) + move;
  }

  price(index: number): number {
    return (this.symbols[index]?.start ?? 0) * Math.exp(this.levels[index] ?? 0);
  }

  /** As text, in the symbol's decimals. */
  priceText(index: number): string {
    return this.price(index).toFixed(this.symbols[index]?.decimals ?? 2);
  }
}
