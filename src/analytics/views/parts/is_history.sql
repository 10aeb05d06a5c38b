-- Whether a row of rebase that begins at @ts, recorded or corrected, is history as corrected: of a rebase that is in
-- corrections, and of none that a later one rewrote.
(corrected = 0 OR has(rebases.2, rebase)) AND NOT arrayExists(each -> each.2 > rebase AND each.1 <= @ts, rebases)
