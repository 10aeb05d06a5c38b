-- In a WITH behind calendar and range: session_days, every session day of an account's calendar, from its first to that of
-- its last row, with the figures at its end; a day without a row has those of the day before. On weekdays, what happens on
-- the session days of a weekend joins the next one.
--
-- The day's return is its nav against that of the day before. An account's first day is measured from where its nav
-- began: day_open_nav, which is 1; a curve of another system that does not say it began at 1, if equity / net_flow is its
-- nav, and otherwise with its first row. It is a return only if nav has moved in it: an account that was opened at the
-- close has none. A wipe-out is -100 %; the next epoch is measured from 1; between the two there is no return.
--
-- (Nothing is asked of curve_1d: each view within a view is analysed twice for every time that the view is. What is
-- mentioned twice is a column of the layer below, since a name is put in as often as it is mentioned; so are the
-- calendar and the range, since a subquery in a WITH is analysed again in every SELECT that mentions it.)
filled_days AS
(
    SELECT
        weekday_of(last.session_date) AS session_date,
        argMin((open.3, open.4, last.day_open_nav), (open.1, epoch)) AS opening,
        argMax((last.total_equity, last.cash_balance, last.position_value, last.net_flow, last.nav, epoch), (last.ts, epoch)) AS closing,
        any((calendar = 'all', first_date, end_date)) AS constants
    FROM
    (
        SELECT epoch, min(states.open) AS open, max(states.last) AS last
        FROM (@include day_states@reading()) AS states
        GROUP BY ts, epoch
    )
    GROUP BY session_date
    ORDER BY session_date WITH FILL STEP 1 INTERPOLATE (opening, closing, constants)
),
days_in_turn AS
(
    SELECT
        session_date,
        opening,
        closing,
        session_date >= constants.2 AND session_date < constants.3 AS is_in_range,
        lagInFrame(session_date) OVER in_time AS date_before,
        lagInFrame(closing) OVER in_time AS before
    FROM filled_days
    WHERE constants.1 OR toDayOfWeek(session_date) <= 5
    WINDOW in_time AS (ORDER BY session_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
session_days AS
(
    SELECT
        *,
        multiIf(
            nav IS NULL OR (is_first AND nav = nav_from), NULL,
            is_first OR epoch = epoch_before, if(nav_from > 0, nav / nav_from - 1, NULL),
            nav_from > 0, -1,
            nav - 1
        ) AS daily_return
    FROM
    (
        SELECT
            session_date,
            is_in_range,
            closing.1 AS total_equity,
            closing.2 AS cash_balance,
            closing.3 AS position_value,
            closing.5 AS nav,
            closing.6 AS epoch,
            -- None before the first day, which is the only one that nothing is before.
            nullIf(date_before, toDate(0)) AS date_before,
            before.1 AS equity_before,
            before.5 AS nav_before,
            before.6 AS epoch_before,
            -- What a curve of another system begins with came from outside, if it does not say what did.
            closing.4 - before.4
                + if(days_in_turn.date_before = toDate(0) AND closing.4 = 0 AND opening.3 IS NULL, opening.1, 0) AS day_flow,
            closing.5 IS NOT NULL AND before.5 IS NULL AS is_first,
            multiIf(
                closing.5 IS NULL OR before.5 IS NOT NULL, before.5,
                opening.3 IS NOT NULL, opening.3,
                closing.4 > 0 AND abs(assumeNotNull(closing.5) * closing.4 - closing.1) <= 1, 1,
                opening.2
            ) AS nav_from
        FROM days_in_turn
    )
)
