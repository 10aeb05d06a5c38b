/** The mark: the water, and the level that it has reached. */

export function Mark() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" class="mark">
      <path
        d="M2 5.5h16"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-dasharray="2.2 2.6"
      />
      <path
        d="M2 12.5c2.7-3.6 5.3-3.6 8 0s5.3 3.6 8 0"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
      />
    </svg>
  );
}
