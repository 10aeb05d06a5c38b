/** The symbol to lay over NAV: one of those held, or any other. */
import { useState } from 'preact/hooks';

interface Props {
  readonly value: string;
  readonly symbols: readonly string[];
  /** What is wrong with it. */
  readonly note: string | null;
  readonly onValue: (symbol: string) => void;
}

export function BenchmarkField({ value, symbols, note, onValue }: Props) {
  const [text, setText] = useState(value);
  return (
    <form
      class="benchmark"
      onSubmit={(event) => {
        event.preventDefault();
        onValue(text.trim());
      }}
    >
      <label for="benchmark">Benchmark</label>
      <input
        id="benchmark"
        type="text"
        list="benchmarks"
        placeholder="Symbol"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onChange={({ currentTarget }) => onValue(currentTarget.value.trim())}
      />
      <datalist id="benchmarks">
        {symbols.map((symbol) => (
          <option key={symbol} value={symbol} />
        ))}
      </datalist>
      {note !== null && <span class="muted">{note}</span>}
    </form>
  );
}
