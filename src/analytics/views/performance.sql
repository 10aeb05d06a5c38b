-- performance(account_id, from, to, benchmark, risk_free): what an account earned over session days, one row. Ratios are
-- fractions; definitions are those of empyrical on daily returns, with as many periods a year as the account's calendar
-- has (weekdays 252, all 365), sample standard deviation, and risk_free a period. benchmark = '' for none.
--
-- total_return compounds the daily returns, as twr does; xirr is weighted by money: the yearly rate (actual/365, by
-- session dates) at which what was there and what flowed in and out is worth what is there at the end. max_drawdown is
-- that of nav at the ends of days, the value before the first of them included.
--
-- A benchmark's return of a day is its close of that session day against its close before; days of the account on which
-- it has none are dropped from beta and alpha, and counted. days are the returns that counted; reason says which figures
-- are NULL, and why: fewer returns than performance.min_returns, or over fewer days than performance.min_days, are none.
CREATE OR REPLACE VIEW performance@reading AS
WITH
    @include calendar(),
    @include range(),
    @include session_days(),
    toUInt32(coalesce(nullIf(configured['performance.min_returns'], ''), '10')) AS min_returns,
    toUInt32(coalesce(nullIf(configured['performance.min_days'], ''), '14')) AS min_days,
    if(calendar = 'all', 365, 252) AS periods,
    {risk_free:Float64} AS risk_free,
    benchmark_days AS
    (
        SELECT session_date, if(close_before > 0, close / close_before - 1, NULL) AS benchmark_return
        FROM
        (
            SELECT
                session_date,
                close,
                lagInFrame(close) OVER (ORDER BY session_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS close_before
            FROM
            (
                SELECT weekday_of(session_of(minute)) AS session_date, toFloat64(max(states.close).price) AS close
                FROM prices_1m_states AS states
                WHERE symbol = {benchmark:String} AND minute < until + INTERVAL 3 DAY
                GROUP BY session_date
            )
        )
    ),
    measured AS
    (
        SELECT
            session_date,
            date_before,
            equity_before,
            total_equity,
            day_flow,
            is_first,
            daily_return,
            -- Of an epoch that began within the range, the value before its first day is 1.
            nav / greatest(
                first_value(if(nav_before IS NULL OR epoch = epoch_before, nav_from, 1)) OVER in_epoch,
                max(nav) OVER in_epoch) - 1 AS below_peak
        FROM session_days
        WHERE is_in_range
        WINDOW in_epoch AS (
            PARTITION BY epoch, nav IS NULL ORDER BY session_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    figures AS
    (
        SELECT
            count(daily_return) AS days,
            exp(sum(log1p(daily_return))) - 1 AS compounded,
            least(min(below_peak), ifNull(min(daily_return), 0)) AS deepest,
            avg(daily_return) - risk_free AS excess,
            stddevSampStable(daily_return) AS deviation,
            sqrt(avgIf(pow(least(daily_return - risk_free, 0), 2), daily_return IS NOT NULL)) AS downside,
            max(session_date) - minIf(if(is_first, session_date - 1, date_before), daily_return IS NOT NULL) AS span,
            countIf(daily_return IS NOT NULL AND benchmark_return IS NOT NULL) AS joined,
            varPopStableIf(benchmark_return, daily_return IS NOT NULL) AS benchmark_variance,
            covarPopStable(daily_return, benchmark_return) / benchmark_variance AS slope,
            avgIf(daily_return, benchmark_return IS NOT NULL) - risk_free AS joined_excess,
            avgIf(benchmark_return, daily_return IS NOT NULL) - risk_free AS benchmark_excess,
            -- What was there, what flowed in and out, and what is there at the end, by date.
            arrayConcat(
                arrayFilter(
                    each -> each.2 != 0,
                    [(argMin(ifNull(date_before, session_date), session_date), -argMin(equity_before, session_date))]),
                groupArrayIf((session_date, -day_flow), day_flow != 0),
                [(max(session_date), argMax(total_equity, session_date))]) AS flows
        FROM measured
        LEFT JOIN benchmark_days ON measured.session_date = benchmark_days.session_date
        SETTINGS join_use_nulls = 1
    ),
    -- Yearly growth e^g makes an amount of time t worth amount * e^(-g t) at the first flow; xirr is the e^g - 1 at which
    -- all of them come to nothing. Over the whole time e^40 is more than any account has seen, e^0.5 is a step. Where the
    -- sign changes next to no growth, halving the step finds g. In lambdas: a name used twice is computed twice.
    solved AS
    (
        SELECT
            * EXCEPT flows,
            arrayMax(flows.1) - arrayMin(flows.1) AS flows_span,
            arrayMap(
                (amounts, years, step) -> arrayMap(
                    is_negative -> arrayMap(
                        bracket -> if(
                            bracket > 0,
                            arrayFold(
                                (low, half) -> low + if(
                                    (arraySum((amount, year) -> amount * exp(-(low + half) * year), amounts, years) < 0) = is_negative[bracket],
                                    half, 0.),
                                arrayMap(power -> step * exp2(-power), range(1, 60)),
                                step * (bracket - 81)),
                            NULL),
                        [arraySort(
                            at -> abs(at - 80.5),
                            arrayFilter((at, here, next) -> here != next, range(1, 161), arrayPopBack(is_negative), arrayPopFront(is_negative))
                        )[1]]
                    )[1],
                    [arrayMap(
                        at -> arraySum((amount, year) -> amount * exp(-step * at * year), amounts, years) < 0,
                        range(-80, 81))]
                )[1],
                [flows.2],
                [arrayMap(day -> (day - arrayMin(flows.1)) / 365, flows.1)],
                [if(flows_span > 0, 0.5 * 365 / flows_span, 0)]
            )[1] AS root
        FROM figures
    ),
    days < min_returns OR ifNull(span, 0) < min_days AS is_thin
SELECT
    if(days > 0, compounded, NULL) AS total_return,
    if(is_thin, NULL, pow(1 + compounded, periods / days) - 1) AS annual_return,
    if(is_thin, NULL, deviation * sqrt(periods)) AS volatility,
    if(is_thin OR deviation < 1e-13, NULL, excess / deviation * sqrt(periods)) AS sharpe_ratio,
    if(is_thin OR downside < 1e-13, NULL, excess / downside * sqrt(periods)) AS sortino_ratio,
    if(is_thin OR deepest > -1e-13, NULL, (pow(1 + compounded, periods / days) - 1) / -deepest) AS calmar_ratio,
    if(days > 0, deepest, NULL) AS max_drawdown,
    total_return AS twr,
    if(flows_span < min_days, NULL, exp(root) - 1) AS xirr,
    if(is_thin OR joined < min_returns OR benchmark_variance < 1e-26, NULL, slope) AS beta,
    if(is_thin OR joined < min_returns OR benchmark_variance < 1e-26, NULL,
        pow(1 + joined_excess - slope * benchmark_excess, periods) - 1) AS alpha,
    days,
    if({benchmark:String} = '', 0, days - joined) AS days_dropped,
    arrayStringConcat(arrayFilter(each -> each != '', [
        if(days = 0, 'total_return, max_drawdown, twr: no daily return', ''),
        multiIf(
            is_thin, 'annual_return, volatility, sharpe_ratio, sortino_ratio, calmar_ratio: ' || toString(days) || ' daily returns over '
                || toString(ifNull(span, 0)) || ' days, not ' || toString(min_returns) || ' over ' || toString(min_days),
            deviation < 1e-13, 'sharpe_ratio: returns without variance',
            ''),
        if(NOT is_thin AND downside < 1e-13, 'sortino_ratio: no return below risk_free', ''),
        if(NOT is_thin AND deepest > -1e-13, 'calmar_ratio: no drawdown', ''),
        multiIf(
            flows_span < min_days, 'xirr: ' || toString(flows_span) || ' days, not ' || toString(min_days),
            root IS NULL, 'xirr: no rate makes the flows worth what is there',
            ''),
        multiIf(
            {benchmark:String} = '', 'beta, alpha: no benchmark',
            joined = 0, 'beta, alpha: no prices of ' || {benchmark:String} || ' on these days',
            is_thin OR joined < min_returns, 'beta, alpha: ' || toString(joined) || ' daily returns of both, not ' || toString(min_returns)
                || ' over ' || toString(min_days) || ' days',
            benchmark_variance < 1e-26, 'beta, alpha: a benchmark without variance',
            '')
    ]), '; ') AS reason
FROM solved
@include light_analysis();
